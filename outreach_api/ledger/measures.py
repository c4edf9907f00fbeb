"""The measures that visit_totals keeps, and what their keys are. Reports and maps read these names."""

ATTENDANCE = "attendance"  # key: head count band; value: people (延べ)
# Yen of sales are money taken: receipts paid with tickets, and gifts, are counted but add no yen; voids subtract.
SALES_BY_CATEGORY_YEN = "sales_category_yen"  # key: item category; adds up to the same as by payment
SALES_BY_PAYMENT_YEN = "sales_payment_yen"  # key: cash, paypay or other_qr
SALES_COUNT = "sales_count"  # key: payment, any of the five; value: receipts
TAX_YEN = "tax_yen"  # key: rate in percent; value: tax included in the sales
TICKETS = "tickets"  # key: issued | redeemed | settled; value: tickets
TICKETS_YEN = "tickets_yen"  # key: issued | redeemed | settled; value: their face value
DONATIONS_YEN = "donations_yen"  # key: cash, paypay or other_qr; what donors paid for tickets, no revenue
TILL_DIFFERENCE_YEN = "till_difference_yen"  # key: ""; counted minus expected
CONTACTS = "contacts"  # key: familiarity
CONTACTS_BY_DEPTH = "contact_depth"  # key: depth
CONTACTS_BY_STAGE = "contact_stage"  # key: stage; a contact with two stages counts in both
CONTACTS_BY_TOPIC = "contact_topic"  # key: topic; likewise
CONTACTS_INFORMED = "contacts_informed"  # key: ""; contacts that were given at least one piece of information
FIRST_CONNECTIONS = "first_connection"  # key: yes | no; voluntary answers only
HELD_BACK = (
    "held_back"  # key: heads, receipts, tickets, cash or till; facts kept beside the telling that counts
)
STAMPS = "stamps"  # key: ""; stamp cards seen

"""The pack for the round table, funders and the city: released figures of a period, in several forms."""

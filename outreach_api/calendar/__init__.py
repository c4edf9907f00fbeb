"""What kind of day it is: public holidays from the kernel, school holidays as coordinators keep them."""

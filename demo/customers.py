"""Customers of the made-up companies: who they are and what they rent. Numbers are from Ofcom's drama ranges."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Service:
    """Something rented by the month; price in pence a unit. With a CLI it makes calls, too."""

    category: str
    description: str
    price: int
    quantity: int = 1
    cli: str = ""
    site: str = ""
    mobile: bool = False
    tax_code: str = "standard"
    was: "Service | None" = None
    """What it was until the newest bill."""
    is_new: bool = False
    """It is on the newest bill for the first time."""


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer; `weight` is their share of the calls."""

    reference: str
    name: str
    type: str
    email: str
    phone: str
    address: tuple[str, str, str, str, str]
    """address1, address2, town, county, postcode."""
    services: tuple[Service, ...]
    weight: int = 4
    habit: str = "direct_debit"
    """How they pay: direct_debit, late, part, failed_once, fails_now, charged_back."""
    po_number: str = ""
    bank: tuple[str, str] = ("Barclays", "4021")
    """Where from, and how the account ends."""
    reverse_charge: bool = False
    """Who sells on what they buy accounts for the VAT themselves (VAT Notice 735)."""

    @property
    def before(self) -> "Customer":
        """As they were until the newest bill."""
        return replace(self, services=tuple(each.was or each for each in self.services if not each.is_new))


def _line(cli: str, site: str = "") -> Service:
    return Service("Line rental", "SIP channel with number", 695, cli=cli, site=site)


def _mobile(cli: str, site: str = "", price: int = 1450) -> Service:
    return Service("Mobile", "SIM, 5G, unlimited UK texts", price, cli=cli, site=site, mobile=True)


def _seats(count: int, site: str = "") -> Service:
    return Service("Hosted telephony", "Hosted seat with desk phone", 1195, quantity=count, site=site)


def _fibre(site: str = "", speed: str = "FTTP 330/50", price: int = 4200) -> Service:
    return Service("Broadband", f"{speed} with static IP", price, site=site)


_INSURANCE = Service("Other", "Handset insurance", 450, tax_code="exempt")
_DIRECTORY = Service("Other", "Printed room directories", 85, quantity=24, tax_code="zero")
_MAST = Service("Other", "Electricity for the roof mast, small supply", 1235, tax_code="reduced")

HARBOUR = (
    Customer("HT1001", "Lantern Coffee Roasters Ltd", "business", "accounts@lanterncoffee.example", "0117 496 0110",
             ("Unit 4, Whapping Wharf", "", "Bristol", "", "BS1 6WE"),
             (_fibre("Roastery", "FTTP 900/115", 5500), _fibre("Café"), _line("01174960110", "Roastery"),
              _line("01174960111", "Café"), _mobile("07700900110", "Roastery"), _mobile("07700900111", "Van"),
              *(replace(_mobile(cli, "Market stall"), is_new=True) for cli in ("07700900112", "07700900113")),
              replace(_seats(6, "Roastery"), price=1245, was=_seats(6, "Roastery")), _INSURANCE),
             30, po_number="LCR-2231"),
    Customer("HT1002", "Thistle & Finch Solicitors LLP", "business", "office@thistlefinch.example", "0113 496 0200",
             ("Park Row House", "19 Park Row", "Leeds", "West Yorkshire", "LS1 5HD"),
             (_fibre(), replace(_seats(14), was=_seats(16)), *(_line(f"0113496020{n}") for n in range(4)),
              _mobile("07700900120")), 22,
             habit="fails_now", bank=("Lloyds", "8830")),
    Customer("HT1003", "Meadowbank Dental Practice", "business", "manager@meadowbankdental.example", "0131 496 0300",
             ("7 Comely Bank Road", "", "Edinburgh", "", "EH4 1DR"),
             (_fibre(speed="SOGEA 80/20", price=3400), _line("01314960300"), _line("01314960301"), _seats(5)), 8),
    Customer("HT1004", "Okafor Engineering Ltd", "business", "ap@okaforeng.example", "0161 496 0400",
             ("Trafford Wharf Road", "", "Manchester", "", "M17 1AB"),
             (_fibre(), _line("01614960400", "Works"), _line("01614960401", "Office"), _mobile("07700900140", "Field"),
              _mobile("07700900141", "Field"), _mobile("07700900142", "Field")), 10, habit="late"),
    Customer("HT1005", "Ivy Lane Nursery", "business", "hello@ivylanenursery.example", "020 7946 0500",
             ("22 Ivy Lane", "Walthamstow", "London", "", "E17 4RQ"),
             (_fibre(speed="SOGEA 80/20", price=3400), _line("02079460500")), 3),
    Customer("HT1006", "Copper Kettle Hotels Ltd", "business", "finance@copperkettle.example", "029 2018 0600",
             ("Mermaid Quay", "", "Cardiff", "", "CF10 5BZ"),
             (_fibre("Cardiff"), _fibre("Swansea"), _seats(20, "Cardiff"), _line("02920180600", "Cardiff"),
              _line("02920180601", "Cardiff"), _line("02920180602", "Swansea"), _DIRECTORY),
             11, habit="part"),
    Customer("HT1007", "Beacon Hill Surgery", "business", "practice@beaconhillsurgery.example", "0114 496 0700",
             ("Beacon Hill", "", "Sheffield", "South Yorkshire", "S10 2TD"),
             (_fibre(), _seats(9), _line("01144960700"), _line("01144960701"), _line("01144960702")), 9),
    Customer("HT1008", "Saltmarsh Boatyard", "business", "yard@saltmarsh.example", "01632 960800",
             ("The Slipway", "Mersea Road", "Colchester", "Essex", "CO5 8PA"),
             (_fibre(speed="SOGEA 40/10", price=2950), _line("01632960800"), _mobile("07700900180")), 4,
             habit="failed_once"),
    Customer("HT1009", "Kestrel Couriers Ltd", "business", "billing@kestrelcouriers.example", "0121 496 0900",
             ("Unit 12, Tyburn Trading Estate", "", "Birmingham", "", "B24 8NP"),
             (_fibre(), _line("01214960900"), *(_mobile(f"0770090019{n}", "Drivers", 1150) for n in range(6))), 12),
    Customer("HT1010", "Mrs A. Whitcombe", "consumer", "a.whitcombe@post.example", "01632 960010",
             ("Rose Cottage", "Church Lane", "Bampton", "Oxfordshire", "OX18 2LR"),
             (_fibre(speed="SOGEA 40/10", price=2950), _line("01632960010")), 2),
    Customer("HT1011", "Northgate Veterinary Centre", "business", "reception@northgatevets.example", "01632 960110",
             ("61 Northgate", "", "Chester", "Cheshire", "CH1 4EP"),
             (_fibre(), _seats(7), _line("01632960110"), _line("01632960111")), 6, habit="charged_back"),
    Customer("HT1012", "Quarry Bank Community Trust", "business", "treasurer@quarrybank.example", "01632 960212",
             ("The Old Mill", "Quarry Bank", "Styal", "Cheshire", "SK9 4LA"),
             (_fibre(), _line("01632960212"), _MAST), 3),
    Customer("HT1013", "Severn Wholesale Voice Ltd", "reseller", "carrier@severnwholesale.example", "01632 960220",
             ("Exchange House", "Quay Street", "Gloucester", "Gloucestershire", "GL1 2LG"),
             (Service("Line rental", "SIP trunk, 30 channels", 8900, quantity=2), _line("01632960220"),
              _line("01632960221")), 9, reverse_charge=True, po_number="SWV/4410"),
)  # fmt: skip

PENNINE = (
    Customer("PV-001", "Calder Weaving Company", "business", "accounts@calderweaving.example", "01632 960301",
             ("Dean Clough", "", "Halifax", "West Yorkshire", "HX3 5AX"),
             (_fibre(), _line("01632960301", "Mill"), _line("01632960302", "Office"), _seats(8)), 10),
    Customer("PV-002", "Hebden Outdoor Ltd", "business", "shop@hebdenoutdoor.example", "01632 960310",
             ("5 Market Street", "", "Hebden Bridge", "West Yorkshire", "HX7 6EU"),
             (_fibre(speed="SOGEA 80/20", price=3400), _line("01632960310"), _mobile("07700900210")), 6),
    Customer("PV-003", "Rushbearing Brewery", "business", "brew@rushbearing.example", "01632 960320",
             ("Wharf Street", "", "Sowerby Bridge", "West Yorkshire", "HX6 2AG"),
             (_fibre(), _line("01632960320"), _mobile("07700900220"), _mobile("07700900221")), 7),
    Customer("PV-004", "Stoodley Climbing Centre", "business", "desk@stoodleyclimb.example", "01632 960330",
             ("Halifax Road", "", "Todmorden", "West Yorkshire", "OL14 5QG"),
             (_fibre(), _line("01632960330")), 4),
    Customer("PV-005", "Mr D. Ackroyd", "consumer", "d.ackroyd@post.example", "01632 960340",
             ("14 Moor End Lane", "", "Mytholmroyd", "West Yorkshire", "HX7 5DW"),
             (_fibre(speed="SOGEA 40/10", price=2950), _line("01632960340")), 2),
)  # fmt: skip

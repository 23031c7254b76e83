"""What the demo shop is made of: categories, names, places, review texts. Data only."""

from typing import NamedTuple


class Category(NamedTuple):
    """A range of goods: prices in cents, weights in grams, low and high."""

    name: str
    brands: tuple[str, ...]
    nouns: tuple[str, ...]
    prices: tuple[int, int]
    weights: tuple[int, int]


class Place(NamedTuple):
    """A city with its lowest and highest postal code as numbers, written with `digits` digits."""

    country: str
    state: str
    city: str
    low: int
    high: int
    digits: int
    weight: int


CATEGORIES = (
    Category("kitchen", ("Alder", "Nordkap", "Ember"), ("Kettle", "Pan", "Knife Set", "Grinder"),
             (900, 18900), (200, 4200)),
    Category("garden", ("Fernhill", "Toro Verde"), ("Hose", "Lantern", "Pruner", "Planter"),
             (700, 24900), (300, 9000)),
    Category("toys", ("Pip & Co", "Bruno"), ("Puzzle", "Train", "Kite", "Building Blocks"),
             (500, 7900), (100, 2500)),
    Category("sports", ("Kestrel", "Altura"), ("Mat", "Bottle", "Racket", "Dumbbell"),
             (900, 29900), (150, 12000)),
    Category("books", ("Lark Press", "Meridian"), ("Cookbook", "Atlas", "Novel", "Field Guide"),
             (600, 5900), (150, 1800)),
    Category("electronics", ("Voltic", "Onda", "Hexa"), ("Headphones", "Speaker", "Charger", "Camera"),
             (1500, 149900), (80, 5200)),
    Category("beauty", ("Maré", "Sage & Salt"), ("Soap", "Balm", "Serum", "Brush"),
             (400, 8900), (40, 600)),
    Category("home", ("Lindholm", "Casa Luz"), ("Lamp", "Cushion", "Mirror", "Blanket"),
             (1200, 39900), (300, 14000)),
)  # fmt: skip
UNTRANSLATED_CATEGORIES = ("eletrodomésticos", "construção e jardim")
ADJECTIVES = (
    "Classic",
    "Compact",
    "Slim",
    "Royal",
    "Everyday",
    "Travel",
    "Deluxe",
    "Little",
    "Grand",
    "Urban",
    '12"',
)

# Some postal codes start with a zero (Boston, Jersey City, São Paulo, Dresden): a number would lose it.
PLACES = (
    Place("US", "NY", "New York", 10001, 10292, 5, 12),
    Place("US", "CA", "Los Angeles", 90001, 90089, 5, 11),
    Place("US", "CA", "San Diego", 92101, 92199, 5, 7),
    Place("US", "TX", "Austin", 73301, 73399, 5, 8),
    Place("US", "IL", "Chicago", 60601, 60699, 5, 9),
    Place("US", "WA", "Seattle", 98101, 98199, 5, 6),
    Place("US", "FL", "Miami", 33101, 33199, 5, 8),
    Place("US", "MA", "Boston", 2108, 2137, 5, 1),
    Place("US", "NJ", "Jersey City", 7302, 7311, 5, 1),
    Place("BR", "SP", "São Paulo", 1001000, 5895490, 8, 1),
    Place("BR", "RJ", "Rio de Janeiro", 20010000, 23799999, 8, 7),
    Place("BR", "MG", "Belo Horizonte", 30110000, 31999999, 8, 5),
    Place("DE", "BE", "Berlin", 10115, 14199, 5, 8),
    Place("DE", "BY", "München", 80331, 81929, 5, 6),
    Place("DE", "SN", "Dresden", 1067, 1328, 5, 1),
    Place("FR", "IDF", "Paris", 75001, 75020, 5, 6),
    Place("FR", "ARA", "Lyon", 69001, 69009, 5, 4),
)

FEMALE_NAMES = (
    "Ana",
    "Zoë",
    "Grace",
    "Mia",
    "Ingrid",
    "Beatriz",
    "Noor",
    "Chloé",
    "Ruth",
    "Yuki",
    "Hannah",
    "Inês",
)
MALE_NAMES = (
    "José",
    "Liam",
    "Omar",
    "Jürgen",
    "Pedro",
    "Noah",
    "Kofi",
    "André",
    "Hugo",
    "Ivan",
    "Kenji",
    "Samuel",
)
LAST_NAMES = (
    "Silva", "Müller", "O'Brien", "Garcia", "Nguyen", "Dubois", "Schmidt", "Costa", "Johnson", "Okafor",
    "Araújo", "Weiß", "Tanaka", "Moreau", "Walker", "Lindqvist", "Haddad", "Pereira", "Brown", "Petit",
)  # fmt: skip

# By score, 1 to 5: (title, comment).
REVIEWS: dict[int, tuple[tuple[str, str], ...]] = {
    1: (
        ("Broken", "Arrived in pieces 😡\n\nNobody answers the phone."),
        ("", 'They said "two days". It took three weeks.'),
        ("Never again", "Wrong colour, wrong size, no refund; really?"),
    ),
    2: (("Meh", "Thinner than it looks,\nand it smells."), ("", "A esperar há muito tempo… não gostei.")),
    3: (("Okay", "Does what it should, no more."), ("", 'Preis gut, Verpackung "na ja".')),
    4: (("Good", "Good value, slow parcel."), ("Très bien", "Livré à l'heure 👍, notice en allemand.")),
    5: (
        ("Love it", "Exactly as described ❤️❤️"),
        ('"Perfect"', "My mother, my aunt, my neighbour: all want one."),
        ("最高", "とても良い品です。\nまた買います。"),
        ("Ótimo", "Chegou antes do prazo, recomendo!"),
    ),
}

"""What the demo shop sells, as plain data: about 150 articles in families, with colours and size ranges."""

SIZE_RANGES = {
    "XS-XXL": "XS S M L XL XXL",
    "S-XL": "S M L XL",
    "28-36": "28 29 30 31 32 33 34 36",
    "28-36/32": "28/32 29/32 30/32 31/32 32/32 33/32 34/32 36/32",
    "34-46": "34 36 38 40 42 44 46",
    "Boord 37-46": "37 38 39 40 41 42 43 44 45 46",
    "35-42": "35 36 37 38 39 40 41 42",
    "39-46": "39 40 41 42 43 44 45 46",
    "35-46": "35 36 37 38 39 40 41 42 43 44 45 46",
    "36-42 halven": "36 36½ 37 37½ 38 38½ 39 39½ 40 40½ 41 41½ 42",
    "Kind 104-152": "104 110 116 122 128 134 140 146 152",
    "Riem 85-115": "85 95 105 115",
}
COLOURS = {
    "Wit": "#ffffff", "Ecru": "#f1e9d8", "Zand": "#d9c7a0", "Camel": "#b98a4e", "Cognac": "#9a5a2b", "Bruin": "#5f3b22",
    "Zwart": "#15151a", "Antraciet": "#3b3f47", "Grijs": "#8f949c", "Lichtblauw": "#9cc3e6", "Kobalt": "#2549c7",
    "Marine": "#1b2647", "Denim": "#4a6a94", "Mint": "#a8d8c1", "Olijf": "#68703b", "Groen": "#2f6b46", "Okergeel": "#d39a25",
    "Oranje": "#d9691f", "Rood": "#b3202a", "Bordeaux": "#651a2c", "Roze": "#e4a3b4", "Lila": "#a993c7",
}  # fmt: skip
MONO, EARTH, BLUES = "Wit Zwart Antraciet Marine", "Ecru Zand Olijf Bruin Zwart", "Lichtblauw Marine Denim Wit"
WARM, LEATHER, BRIGHT = "Rood Bordeaux Roze Camel Zwart", "Cognac Bruin Zwart", "Kobalt Okergeel Groen Rood Marine"
# group, size range or none, colours or none, brands, lowest price, step between articles, names
FAMILIES = [
    ("Heren/Overhemden", "Boord 37-46", BLUES, "Wolff & Wever", "49.95", 5,
     "Oxford-overhemd Kade|Linnen overhemd Zilt|Flanellen overhemd Veluwe|Overhemd Gracht slim fit|Overhemd Singel regular fit|"
     "Strijkvrij overhemd Beurs|Denim overhemd Werf"),
    ("Heren/Broeken", "28-36/32", EARTH, "Noorderlicht", "69.95", 5,
     "Chino Slim Stads|Chino Regular Polder|Jeans Recht Havenkwartier|Jeans Slim Noord|Corduroy broek Akker|Pantalon Zuidas|"
     "Cargobroek Loods"),
    ("Heren/Truien en vesten", "S-XL", "Marine Antraciet Olijf Bordeaux", "Wolff & Wever", "59.95", 10,
     "Trui ronde hals Merino|Coltrui Texel|Vest met knopen Terschelling|Spencer Leiden|Schipperstrui Urk|Halve rits Drenthe"),
    ("Heren/Jassen", "S-XL", "Marine Zwart Olijf", "Noorderlicht", "149.95", 20,
     "Parka Waddenwind|Wollen jas Dam|Bodywarmer Duin|Regenjas Maas|Blazer Mauritshuis"),
    ("Heren/T-shirts en polo’s", "XS-XXL", MONO, "Basis", "19.95", 4,
     "T-shirt ronde hals|T-shirt V-hals|T-shirt lange mouw|Polo piqué Club|Polo lange mouw|Longsleeve henley"),
    ("Dames/Jurken", "34-46", WARM, "Maison Lise", "79.95", 10,
     "Wikkeljurk Aurora|Overhemdjurk Linde|Gebreide jurk Herfst|Cocktailjurk Opera|Zomerjurk Weide|Maxijurk Horizon|Jersey jurk Wende"),
    ("Dames/Blouses en tops", "34-46", "Wit Ecru Lichtblauw Roze Zwart", "Maison Lise", "39.95", 5,
     "Blouse Zijde|Strikblouse Vondel|Top kant Amélie|Tuniek Iris|Blouse met stip|Bretellentop Jul|Kanten top Wilg"),
    ("Dames/Broeken", "34-46", "Zwart Marine Camel", "Stad & Land", "69.95", 6,
     "Pantalon Wijd Keizer|Jeans Flared Jordaan|Jeans Slim Oost|Culotte Blauwbrug|Legging Ponte|Chino 7/8 Spui"),
    ("Dames/Rokken", "34-46", "Zwart Bordeaux Camel", "Stad & Land", "49.95", 8,
     "Plooirok Vecht|Kokerrok Kantoor|Wikkelrok Bries|Suède rok Heide|Denim rok Brug"),
    ("Dames/Truien en vesten", "XS-XXL", "Ecru Lila Mint Okergeel Antraciet", "Maison Lise", "59.95", 8,
     "Oversized trui Wolk|Kasjmier trui Sneeuw|Lang vest Avond|Kabeltrui Haven|Coltrui Fijn|Vest kort Mos"),
    ("Dames/Jassen", "34-46", "Camel Zwart Marine", "Stad & Land", "159.95", 20,
     "Trenchcoat Regent|Wollen mantel Plein|Donsjas Noorderwind|Leren jasje Rebel|Blazer Tailor"),
    ("Kinderen/Jongens", "Kind 104-152", BRIGHT, "Kiekeboe", "14.95", 5,
     "T-shirt Dino|Trui Raket|Jeans Ravot|Regenpak Plas|Sweater Voetbal|Korte broek Strand"),
    ("Kinderen/Meisjes", "Kind 104-152", "Roze Mint Lila Kobalt", "Kiekeboe", "14.95", 5,
     "T-shirt Vlinder|Jurk Stip|Legging Regenboog|Vest Konijn|Rok Tule|Regenpak Kikker"),
    ("Schoenen/Heren", "39-46", LEATHER, "Stap Schoenmakers", "119.95", 10,
     "Derby Veldman|Brogue Hendrik|Chelsea boot Rijn|Loafer Vondel|Veterboot Heuvel|Sneaker Leer Tij|Monk strap Baron"),
    ("Schoenen/Dames", "36-42 halven", "Zwart Cognac Rood", "Stap Schoenmakers", "99.95", 10,
     "Pump Elegant|Enkellaars Utrecht|Ballerina Zacht|Laars Hoog Amazone|Loafer Lak|Sandalet Zomer|Mule Zes"),
    ("Schoenen/Sneakers", "35-46", "Wit Zwart Marine Groen", "Loper", "79.95", 10,
     "Sneaker Baan|Sneaker Court|Runner Bos|Sneaker Hoog Retro|Slip-on Kade|Trailrunner Heuvelrug"),
    ("Schoenen/Wandelschoenen", "35-46", "Bruin Antraciet", "Loper", "149.95", 15,
     "Wandelschoen Laag Limburg|Wandelschoen Hoog Alp|Wandelsandaal Pad|Winterlaars Vorst"),
    ("Schoenen/Kinderen", "35-42", "Marine Roze Cognac", "Loper", "49.95", 10,
     "Klittenbandschoen Hup|Laarsje Vos|Regenlaars Plons|Gymschoen Sprint"),
    ("Accessoires/Riemen", "Riem 85-115", LEATHER, "Stap Schoenmakers", "34.95", 5,
     "Riem Klassiek|Riem Gevlochten|Riem Smal|Riem Jeans"),
    ("Accessoires/Sjaals en mutsen", None, "Marine Camel Rood Grijs Okergeel", "Wolff & Wever", "24.95", 5,
     "Sjaal Domtoren|Sjaal Kasjmier|Muts Gebreid|Handschoenen Leer|Shawl Zijde"),
    ("Accessoires/Sokken", "39-46", "Zwart Marine Grijs", "Basis", "7.95", 2,
     "Sok Katoen|Sok Wol|Sportsok Badstof"),
    ("Accessoires/Tassen", None, LEATHER, "Stap Schoenmakers", "89.95", 20,
     "Schoudertas Singel|Rugzak Fiets|Shopper Markt|Portemonnee Plat|Weekendtas Reis"),
    ("Accessoires/Verzorging", None, None, "Glans", "8.95", 3,
     "Schoencrème zwart|Schoencrème neutraal|Impregneerspray|Schoenspanner ceder|Veters rond 90 cm|Veters plat 120 cm|Inlegzool leer|"
     "Kledingborstel|Wasnetje|Cadeaubon-envelop"),
]  # fmt: skip
# number, name, price, VAT code, fractions
SERVICES = [
    ("90110", "Cadeauverpakking", "2.50", "low", False),
    ("90140", "Broek inkorten", "12.50", "low", False),
    ("90141", "Mouwen inkorten", "22.50", "low", False),
    ("90142", "Rits vervangen", "17.50", "low", False),
    ("90150", "Schoenen verzolen", "32.50", "low", False),
    ("90151", "Hakken vernieuwen", "14.50", "low", False),
    ("90160", "Vermaken per uur", "38.00", "low", True),
    ("90190", "Bezorgkosten", "5.95", "high", False),
]

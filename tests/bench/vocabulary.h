/* vocabulary.h: the words that gen.c makes articles of, the most frequent ones first in each list: a word is drawn by
 * rank, so that a few come very often and most seldom, as in real text. Little words stand in the sentence shapes.
 */
#ifndef TM_BENCH_VOCABULARY_H
#define TM_BENCH_VOCABULARY_H

static const char *const nouns[] = {
    "council",     "city",       "plan",       "report",     "government", "school",     "company",    "market",
    "bridge",      "river",      "team",       "hospital",   "court",      "election",   "price",      "budget",
    "minister",    "police",     "harbour",    "railway",    "station",    "farmer",     "worker",     "teacher",
    "student",     "doctor",     "patient",    "resident",   "driver",     "engineer",   "scientist",  "study",
    "storm",       "flood",      "fire",       "winter",     "summer",     "decision",   "agreement",  "strike",
    "union",       "contract",   "law",        "tax",        "bank",       "loan",       "rate",       "investor",
    "share",       "profit",     "loss",       "factory",    "product",    "customer",   "shop",       "museum",
    "theatre",     "festival",   "concert",    "film",       "book",       "author",     "painting",   "gallery",
    "match",       "goal",       "season",     "coach",      "player",     "league",     "stadium",    "crowd",
    "village",     "road",       "tunnel",     "airport",    "flight",     "ferry",      "ship",       "crew",
    "energy",      "turbine",    "power",      "grid",       "gas",        "oil",        "coal",       "reactor",
    "water",       "reservoir",  "forest",     "tree",       "animal",     "bird",       "fish",       "harvest",
    "wheat",       "bread",      "kitchen",    "restaurant", "recipe",     "disease",    "vaccine",    "treatment",
    "surgery",     "clinic",     "nurse",      "health",     "phone",      "network",    "software",   "computer",
    "satellite",   "telescope",  "mission",    "orbit",      "planet",     "laboratory", "experiment", "evidence",
    "witness",     "judge",      "lawyer",     "trial",      "prison",     "crime",      "victim",     "suspect",
    "parliament",  "coalition",  "opposition", "vote",       "ballot",     "candidate",  "campaign",   "speech",
    "treaty",      "border",     "refugee",    "embassy",    "army",       "soldier",    "weapon",     "ceasefire",
    "archive",     "letter",     "painter",    "statue",     "cathedral",  "garden",     "orchard",    "meadow",
    "valley",      "mountain",   "glacier",    "island",     "coast",      "beach",      "tide",       "lighthouse",
    "pension",     "salary",     "wage",       "inflation",  "currency",   "export",     "import",     "tariff",
    "warehouse",   "supplier",   "retailer",   "merger",     "takeover",   "auction",    "auditor",    "charity",
    "volunteer",   "shelter",    "landlord",   "tenant",     "rent",       "mortgage",   "suburb",     "tram",
    "cyclist",     "pedestrian", "junction",   "pavement",   "quarry",     "mine",       "steel",      "concrete",
    "timber",      "roof",       "window",     "corridor",   "elevator",   "basement",   "chimney",    "furnace",
    "generator",   "battery",    "cable",      "antenna",    "sensor",     "algorithm",  "database",   "password",
    "observatory", "comet",      "eclipse",    "asteroid",   "molecule",   "enzyme",     "protein",    "antibody",
    "symptom",     "diagnosis",  "pharmacy",   "dosage",     "ambulance",  "stretcher",  "bandage",    "microscope",
    "choir",       "orchestra",  "violin",     "soprano",    "libretto",   "premiere",   "curator",    "manuscript",
    "penalty",     "referee",    "midfielder", "goalkeeper", "sprinter",   "hurdle",     "marathon",   "trophy"};

static const char *const verbs[] = {/* of the past, with an object */
                                    "approved",     "rejected",   "announced", "criticised", "praised",    "supported",
                                    "delayed",      "cancelled",  "opened",    "closed",     "repaired",   "rebuilt",
                                    "visited",      "examined",   "reviewed",  "reported",   "launched",   "completed",
                                    "postponed",    "defended",   "attacked",  "questioned", "welcomed",   "ignored",
                                    "inspected",    "damaged",    "destroyed", "protected",  "improved",   "doubled",
                                    "reduced",      "funded",     "bought",    "sold",       "lost",       "won",
                                    "found",        "discovered", "measured",  "compared",   "published",  "translated",
                                    "restored",     "painted",    "recorded",  "performed",  "organised",  "suspended",
                                    "investigated", "blamed",     "cleared",   "convicted",  "released",   "evacuated",
                                    "rescued",      "flooded",    "inherited", "renovated",  "dismantled", "audited",
                                    "outlawed",     "subsidised", "exported",  "overturned"};

static const char *const adjectives[] = {
    "new",       "local",     "old",       "national",  "small",       "large",      "public",     "private",
    "regional",  "important", "popular",   "difficult", "expensive",   "successful", "terrible",   "excellent",
    "narrow",    "broken",    "dangerous", "safe",      "careful",     "angry",      "happy",      "disappointed",
    "modern",    "historic",  "temporary", "permanent", "independent", "foreign",    "medical",    "financial",
    "northern",  "southern",  "coastal",   "rural",     "disputed",    "quiet",      "generous",   "controversial",
    "ambitious", "reluctant", "severe",    "mild",      "unexpected",  "promising",  "derelict",   "seasonal",
    "volatile",  "obsolete",  "resilient", "opaque",    "lucrative",   "meticulous", "precarious", "exuberant"};

static const char *const adverbs[] = {
    "yesterday", "quickly",   "again",    "finally",    "quietly",      "already",      "recently",     "clearly",
    "slowly",    "carefully", "twice",    "reportedly", "surprisingly", "unanimously",  "narrowly",     "temporarily",
    "publicly",  "abruptly",  "steadily", "partially",  "reluctantly",  "consistently", "deliberately", "jointly"};

static const char *const first_names[] = {"Anna",  "Peter",  "Maria",     "James",  "Ruth",     "Daniel",
                                          "Clara", "Thomas", "Nadia",     "Oliver", "Ingrid",   "Samuel",
                                          "Elena", "Hugo",   "Miriam",    "Karl",   "Beatrice", "Omar",
                                          "Sofia", "Walter", "Priscilla", "Tobias", "Yusuf",    "Zo\xc3\xab"};

static const char *const last_names[] = {
    "Miller",        "Weber",           "Novak",      "Harper",     "Lindqvist", "Okafor",   "Marsh",   "Delgado",
    "Whitfield",     "Brandt",          "Rossi",      "Kowalski",   "Tanaka",    "Hughes",   "Abbott",  "Ferreira",
    "Sandoval",      "Pemberton",       "Achterberg", "Quigley",    "Vasquez",   "Thornton", "Eriksen", "Blackwood",
    "M\xc3\xbcller", "Mart\xc3\xadnez", "Oyelaran",   "Castellano", "Drummond",  "Halloran"};

static const char *const places[] = {
    "London",      "Berlin",      "Paris",         "Vienna",           "Chicago",  "Toronto",    "Madrid",
    "Lisbon",      "Oslo",        "Norwich",       "Hamburg",          "Dublin",   "Sydney",     "Boston",
    "Kenya",       "Portugal",    "Canada",        "Norway",           "Bavaria",  "Aldermouth", "Kestrel Bay",
    "Harrowfield", "Lower Marsh", "Z\xc3\xbcrich", "S\xc3\xa3o Paulo", "Reykjavik"};

static const char *const organisations[] = {"the Ministry of Transport",
                                            "the Harbour Authority",
                                            "Northwind Energy",
                                            "the University of Aldermouth",
                                            "Calder Steel",
                                            "the Central Bank",
                                            "the National Museum",
                                            "Harrowfield United",
                                            "the Dockers' Union",
                                            "Blackwood & Sons",
                                            "the European Commission",
                                            "St. Brigid's Hospital",
                                            "Meridian Airlines",
                                            "the Court of Appeal",
                                            "the Green Alliance",
                                            "Tessell Software Ltd."};

static const char *const syllables[] = {"ba",  "ren", "tol", "mis", "ka",  "dor", "vel", "ish",
                                        "un",  "gar", "pel", "ost", "ri",  "lam", "que", "sth",
                                        "ner", "go",  "zu",  "fen", "cal", "ter", "ly",  "mond"};

/* Lines of the page around an article. */
static const char *const junk[] = {"Share on Facebook Share on Twitter Share by email",
                                   "Read more: what we know so far about the case",
                                   "Sign up for our newsletter and never miss a story",
                                   "Advertisement",
                                   "This article was first published on our sister site.",
                                   "Related articles",
                                   "Comments are closed.",
                                   "Follow us on Instagram",
                                   "You have 3 free articles left this month. Subscribe now",
                                   "Tags: news, region, economy, weather",
                                   "Listen to this article (4 min)",
                                   "Click here to download the app",
                                   "\xc2\xa9 2024 The Aldermouth Courier. All rights reserved."};

#endif

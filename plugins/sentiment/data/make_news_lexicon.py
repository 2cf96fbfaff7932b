#!/usr/bin/env python3
"""Makes news.tsv, the lexicon of the news model, from vader_lexicon.tsv (MIT, C. J. Hutto) and our own news_ratings.txt.

    make_news_lexicon.py [FOLDER]

Where both rate a word the result is 0.6 of VADER's rating and 0.4 of ours. Roles are bits: 1 booster, 2 negator, 4 up,
8 down, 16 a noun whose growth is bad, 32 a noun of markets, 64 contrast, 128 speech.
"""
import pathlib
import re
import sys

ENDINGS = ["", "s", "es", "d", "ed", "ing", "er", "ers", "ly"]
VADER_SHARE = 0.6
BOOST = 0.293


def words(text):
    return text.split()


RAISING = words("""absolutely amazingly awfully completely considerable considerably decidedly deeply enormous enormously
entirely especially exceptionally extremely fully greatly highly hugely incredibly intensely major majorly more most
particularly purely quite really remarkably so substantially thoroughly total totally tremendous tremendously
unbelievably unusually utter utterly very sharply significantly dramatically""")
LOWERING = words("""almost barely hardly kinda less little marginally occasionally partly scarcely slightly somewhat
modestly mildly relatively fairly""")
NEGATING = words("""no not never none nothing nor neither without cannot hardly barely scarcely rarely seldom nobody
nowhere lack lacks lacked lacking zero few little fails fail failed refuse refused refuses unable stop stopped stops
prevent prevents prevented avoid avoids avoided ain't aren't can't couldn't didn't doesn't don't hadn't hasn't haven't
isn't mustn't needn't shouldn't wasn't weren't won't wouldn't""")
UP = words("""up rise rises rose rising risen higher increase increases increased increasing climb climbs climbed
climbing surge surges surged surging soar soars soared soaring jump jumps jumped jumping gain gains gained grow grows
grew growing widen widens widened swell swells swelled mount mounts mounting spike spikes spiked hike hikes hiked raise
raises raised""")
DOWN = words("""down fall falls fell falling fallen lower drop drops dropped dropping decline declines declined
declining decrease decreases decreased decreasing cut cuts cutting slash slashes slashed slashing reduce reduces reduced
reducing reduction shrink shrinks shrank shrinking slip slips slipped slump slumps slumped plunge plunges plunged
plunging ease eases eased easing tumble tumbles tumbled dip dips dipped sink sinks sank narrow narrows narrowed curb
curbs curbed fewer halve halved end ends ended ending fight fights fighting combat against tackle""")
BAD_NOUNS = words("""crime inflation unemployment jobless joblessness debt deficit death deaths losses loss cost costs
price prices tax taxes poverty risk risks tension tensions violence emission emissions pollution infection infections
corruption terrorism fraud hunger disease shortage shortages delay delays fear fears fine fines tariff tariffs layoffs
bankruptcies complaints concerns injuries casualties worries pain stress suffering""")
MARKET = words("""shares share stock stocks market markets index rupee dollar euro pound yen sales profit profits
revenue revenues earnings net exports imports output production demand yields bond bonds oil gas gold futures margin
margins turnover""")
CONTRAST = words("but however yet nevertheless nonetheless though although while")
SPEECH = words("""said says say told tells tweeted added adds argued argues claimed claims stated wrote writes insisted
insists warned warns noted notes testified asked suggested explained""")


def expand(word):
    """The forms of a word of the ratings file: (form, None) or (form, 0.0) for one that says nothing."""
    if word.endswith(("~0", "*0", "-0")):
        return [(word[:-2], 0.0)]
    if word.endswith("*"):
        stem = word[:-1]
        forms = [stem + ending for ending in ENDINGS]
        if stem.endswith("e"):
            forms += [stem[:-1] + ending for ending in ("ing", "ed", "es", "er", "ers")]
        else:
            forms += [stem + ending for ending in ("e", "es", "ed", "ing", "ion", "ions")]
        return [(form, None) for form in forms]
    if "~" in word:
        stem, ending = word.split("~")
        return [(stem + ending, None)] if ending else [(stem, None), (stem + "s", None)]
    return [(word, None)]


def ratings(path):
    """A later line of the file wins over an earlier one, a silenced form over all."""
    rated, silent = {}, set()
    for line in open(path, encoding="utf-8"):
        if line.startswith("#") or not line.strip():
            continue
        value, rest = line.split(":", 1)
        here = {}
        for word in rest.split():
            for form, silence in expand(word):
                if silence is not None or float(value) == 0:
                    silent.add(form)
                else:
                    here.setdefault(form, float(value))
        rated.update(here)
    for form in silent:
        rated[form] = 0.0
    return rated


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    lexicon = {}
    for line in open(folder / "vader_lexicon.tsv", encoding="utf-8"):
        word, value = line.rstrip("\n").split("\t")
        if re.fullmatch(r"[a-z][a-z'-]*", word):
            lexicon[word] = float(value)
    for word, value in ratings(folder / "news_ratings.txt").items():
        if value == 0:
            lexicon.pop(word, None)
        elif word in lexicon:
            lexicon[word] = lexicon[word] * VADER_SHARE + value * (1 - VADER_SHARE)
        else:
            lexicon[word] = value
    roles = {}
    for bit, group in ((1, RAISING + LOWERING), (2, NEGATING), (4, UP), (8, DOWN), (16, BAD_NOUNS), (32, MARKET),
                       (64, CONTRAST), (128, SPEECH)):
        for word in group:
            roles[word] = roles.get(word, 0) | bit
    with open(folder / "news.tsv", "w", encoding="utf-8") as out:
        out.write("# Made by make_news_lexicon.py from vader_lexicon.tsv (MIT) and news_ratings.txt; do not edit.\n")
        out.write("phrase\tvalence:number\tboost:number\troles:int\n")
        for word in sorted(set(lexicon) | set(roles)):
            boost = BOOST if word in RAISING else -BOOST if word in LOWERING else 0
            out.write(f"{word}\t{lexicon.get(word, 0):.3g}\t{boost:g}\t{roles.get(word, 0)}\n")


main()

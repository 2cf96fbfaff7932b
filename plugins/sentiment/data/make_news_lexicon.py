#!/usr/bin/env python3
"""Makes news.tsv, the lexicon of the news model, from vader_lexicon.tsv (MIT, C. J. Hutto) and our own news_ratings.txt.

    make_news_lexicon.py [FOLDER]

Where both rate a word the result is 0.6 of VADER's rating and 0.4 of ours; phrases have ours alone. Roles are bits:
1 booster, 2 negator, 4 up, 8 down, 16 a noun whose growth is bad, 32 a noun of markets, 64 contrast, 128 speech, 256 an
act toward an object, 512 to be, 1024 a participle of an act, 2048 by, 4096 a booster that lessens, 8192 a word that
makes what follows unsure, 16384 against, 32768 a preposition.
"""
import pathlib
import re
import sys

# A stem in the ratings that may lack its e: humiliat*, struggl*, collaps*.
LACKS_E = re.compile(r"(at|it|ut|iz|is|us|as|[rnpl]s|v|c|g|z|u|id|ud|od|ad|ur|ar|ir|il|ul|ol|ib|ok|in|[bcdfgkptz]l)$")
VADER_SHARE = 0.6


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
AGAINST = words("against anti versus")
PREPOSITION = words("""of with in from to at for by on between among near under into about via than as including
like""")
MODAL = words("would could might may if should potentially possible possibly unless whether")
SPEECH = words("""said says say saying told tells tell telling tweeted tweets added adds argued argues claimed claims
stated states wrote writes insisted insists warned warns noted notes testified asked asks suggested suggests explained
explains announced announces declared declares recalled recalls replied replies responded responds remarked remarks
commented comments mentioned mentions reported reports predicted predicts described describes acknowledged acknowledges
confirmed confirms concluded concludes asserted asserts maintained maintains contended contends urged urges spoke
speaking speaks posted quipped joked observed reiterated reiterates emphasized emphasised stressed proposed proposes
according interview interviewed quoted thinks thought believes believed hopes hoped expects expected wants wanted""")

# Verbs that say what one does to another: the tone goes to the object. base, s, ed, ing; irregular ones in full.
ACTS = words("""accuse admonish adore applaud arrest assail assault attack back bash berate blame blast boo cheer
chastise chide commend condemn congratulate criticise criticize decry defame defend demonise demonize denounce deride
dismiss disparage embrace endorse excoriate fault flay greet hail harass help honor honour humiliate imprison indict
insult investigate jail kill knock lambast lambaste laud like love malign mock murder oppose oust pan persecute pillory
praise probe prosecute protect punish reassure rebuff rebuke refute reject reprimand rescue resent ridicule roast
sanction save savage scold shame skewer slam slander smear snub spurn sue support target taunt thank threaten torture
trash trust undermine upbraid urge vilify vindicate warn welcome admire bully challenge confront convict cripple
deceive defeat defy detain distrust fire hate hurt impeach injure intimidate mislead promote provoke question reward
sabotage scapegoat stalk suspect troll victimize violate""")
ACTS_IRREGULAR = words("""beat beats beaten beating betray betrays betrayed betraying shoot shoots shot shooting fight
fights fought fighting""")
PAST_IRREGULAR = words("beaten betrayed shot fought hurt")
BE = words("be is are was were been being get gets got getting 's am become became")
BY = words("by")


def acts():
    """Forms of ACTS: (form, whether it can be a participle)."""
    for verb in ACTS:
        if verb.endswith("e"):
            forms = (verb + "s", verb + "d", verb[:-1] + "ing")
        elif verb.endswith("y") and verb[-2] not in "aeiou":
            forms = (verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing")
        elif verb.endswith(("s", "sh", "ch", "x")):
            forms = (verb + "es", verb + "ed", verb + "ing")
        elif verb in ("pan", "slam", "snub", "troll") and verb != "troll":
            forms = (verb + "s", verb + verb[-1] + "ed", verb + verb[-1] + "ing")
        else:
            forms = (verb + "s", verb + "ed", verb + "ing")
        yield verb, verb == "hurt"
        for form in forms:
            yield form, form.endswith("ed")
    for form in ACTS_IRREGULAR:
        yield form, form in PAST_IRREGULAR


def expand(word):
    """The forms of a word of the ratings file: (form, None) or (form, 0.0) for one that says nothing."""
    if word.endswith(("~0", "*0", "-0")):
        return [(word[:-2], 0.0)]
    if word.endswith("*"):
        stem = word[:-1]
        if stem.endswith("e"):
            forms = [stem, stem + "s", stem + "d", stem[:-1] + "ing", stem + "r", stem + "rs"]
        elif stem.endswith("y") and stem[-2] not in "aeiou":
            forms = [stem, stem[:-1] + "ies", stem[:-1] + "ied", stem + "ing"]
        else:
            forms = [stem, stem + "s", stem + "ed", stem + "ing", stem + "er", stem + "ers"]
            if stem.endswith(("s", "x", "z", "ch", "sh")):
                forms.append(stem + "es")
            if LACKS_E.search(stem):
                forms += [stem + "e", stem + "es"]
            if stem.endswith(("t", "s")):
                forms += [stem + "ion", stem + "ions"]
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
                form = form.replace("_", " ")
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
        if " " in word or "-" in word:
            lexicon[word] = value  # a silent phrase stays: it hides the words in it
        elif value == 0:
            lexicon.pop(word, None)
        elif word in lexicon:
            lexicon[word] = lexicon[word] * VADER_SHARE + value * (1 - VADER_SHARE)
        else:
            lexicon[word] = value
    roles = {}
    for bit, group in ((1, RAISING + LOWERING), (2, NEGATING), (4, UP), (8, DOWN), (16, BAD_NOUNS), (32, MARKET),
                       (64, CONTRAST), (128, SPEECH), (512, BE), (2048, BY), (4096, LOWERING), (8192, MODAL),
                       (16384, AGAINST), (32768, PREPOSITION)):
        for word in group:
            roles[word] = roles.get(word, 0) | bit
    for form, is_participle in acts():
        roles[form] = roles.get(form, 0) | 256 | (1024 if is_participle else 0)
    with open(folder / "news.tsv", "w", encoding="utf-8") as out:
        out.write("# Made by make_news_lexicon.py from vader_lexicon.tsv (MIT) and news_ratings.txt; do not edit.\n")
        out.write("phrase\tvalence:number\troles:int\n")
        for word in sorted(set(lexicon) | set(roles)):
            out.write(f"{word}\t{lexicon.get(word, 0):.3g}\t{roles.get(word, 0)}\n")


main()

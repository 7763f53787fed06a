"""Generated text with the word frequencies of real articles: a few common words, most of them rare (Zipf's law)."""

import re
import tomllib
from collections import Counter
from functools import cache
from itertools import accumulate, islice
from pathlib import Path
from random import Random

ARTICLES = Path(__file__).resolve().parents[1] / "content" / "articles"
INVENTED = 8_000
STOP_WORDS = 80  # ranks taken mostly by words such as "the" and "and"
MEDICINES = """
    acamprosate alprazolam amitriptyline aripiprazole atomoxetine bupropion carbamazepine chlordiazepoxide
    citalopram clonidine cyclobenzaprine dexmedetomidine diazepam disulfiram duloxetine escitalopram fluoxetine
    flumazenil haloperidol hydroxyzine ketamine lamotrigine levetiracetam lofexidine loperamide lorazepam
    methadone mirtazapine modafinil nalmefene naltrexone nortriptyline olanzapine ondansetron oxazepam
    oxcarbazepine paroxetine phenobarbital pramipexole prazosin pregabalin propranolol quetiapine risperidone
    ropinirole sertraline tapentadol temazepam thiamine tizanidine topiramate tramadol trazodone valproate
    varenicline venlafaxine zolpidem zonisamide
""".split()  # noqa: SIM905
_STARTS = "b bl br c ch cl d dr f fl g gl h k l m n p ph pl pr qu r s sh sl st str t th tr v w z".split()  # noqa: SIM905
_MIDDLES = "a e i o u ai ea ie oa ou".split()  # noqa: SIM905
_ENDS = ["", "", "", "n", "r", "l", "s", "m", "nd", "x", "th"]


@cache
def vocabulary() -> tuple[list[str], list[float]]:
    """All words, most common first, and their cumulative weights. The same at every call."""
    counted = Counter(word for text in _sample_texts() for word in re.findall("[a-z]{2,}", text.lower()))
    words = [word for word, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))]
    words = dict.fromkeys([*words[:300], *MEDICINES, *words[300:], *islice(_invented(), INVENTED)])
    return list(words), list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))


def draw(random: Random, count: int) -> list[str]:
    words, weights = vocabulary()
    return random.choices(words, cum_weights=weights, k=count)


@cache
def content_words() -> tuple[list[str], list[float]]:
    """The vocabulary without its most common words, such as "the" and "and"."""
    words, weights = vocabulary()
    rest = [weight - weights[STOP_WORDS] for weight in weights[STOP_WORDS + 1 :]]
    return words[STOP_WORDS + 1 :], rest


def title(random: Random) -> str:
    """Three to six content words, at most 90 characters."""
    words, weights = content_words()
    chosen = random.choices(words, cum_weights=weights, k=random.randint(3, 6))
    return " ".join(chosen).capitalize()[:90].strip()


def sentences(random: Random, count: int) -> list[str]:
    """Sentences of six to eighteen words; some name a source, [1] or [2]."""
    lengths = [random.randint(6, 18) for _ in range(count)]
    words, made = iter(draw(random, sum(lengths))), []
    for length in lengths:
        end = random.choices([".", ".[1]", ".[2]"], [8, 1, 1])[0]
        made.append(" ".join(islice(words, length)).capitalize() + end)
    return made


def _sample_texts():
    for file in sorted(ARTICLES.glob("*.toml")):
        for block in tomllib.loads(file.read_text(encoding="utf-8"))["blocks"]:
            yield re.sub(r"<[^>]*>|&\w+;", " ", block.get("body", ""))


def _invented():
    random = Random(0)  # noqa: S311 not a secret
    while True:
        syllables = random.randint(2, 4)
        yield "".join(random.choice(part) for _ in range(syllables) for part in (_STARTS, _MIDDLES)) + random.choice(
            _ENDS
        )

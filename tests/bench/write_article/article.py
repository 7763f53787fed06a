"""The article that is written twice: a thousand words of our own, with what an article usually has besides words."""

from dataclasses import dataclass

TITLE = "Sleep in the first weeks without alcohol"
PASTED_TITLE = "Sleep in the first week without alcohol"  # of the second one, which is pasted
SUMMARY = "Why nights are short at first, what helps, and when to ask for help."
TOPIC = "Withdrawal"
PICTURE = "The harbor in the morning"  # its title in the library


@dataclass(frozen=True)
class Source:
    authors: str
    title: str
    journal: str
    year: str
    detail: str
    doi: str

    @property
    def citation(self) -> str:
        """As journals print it."""
        return f"{self.authors}. {self.title}. {self.journal}. {self.year};{self.detail}. doi:{self.doi}"


SOURCE = Source(
    "Harbor L, Lund E", "Nights after the last drink", "J Quiet Nights", "2021", "14(2):88-97", "10.1000/jqn.88"
)

# Each part: its kind, and its words. Items of lists are lines. "[1]" stands for the source.
PARTS = (
    ("heading", "What to expect"),
    (
        "text",
        "Most people sleep badly when they stop drinking. That is not a sign that something has gone wrong. For a "
        "long time alcohol did part of the work that the brain does in the evening, and now the brain has to learn to "
        "do it alone again. In the first nights you may lie awake for hours, wake up wet with sweat, or dream so hard "
        "that you are glad to be awake. All of this is common, and nearly all of it passes.",
    ),
    (
        "text",
        "The worst nights are usually the first five. After a week most people fall asleep a little faster. After a "
        "month many of them sleep through until early morning. It can take longer for sleep to feel deep and to leave "
        "you rested. If you know that before you begin, a bad night is only a bad night, and not a reason to give up.",
    ),
    ("heading", "Why alcohol spoils sleep"),
    (
        "text",
        "People who drink in the evening grow drowsy, and believe that they sleep well. That is true for the first "
        "half of the night. While the body takes the alcohol apart, the sleep becomes thin. The part of the night in "
        "which people dream is cut short, and they wake up at three or four with a dry mouth and a fast heart. Those "
        "who drink every evening get used to the first effect and need more for it. The second effect stays.",
    ),
    (
        "text",
        "When the alcohol is gone, everything that it pushed down comes up at once. The brain is too alert, the pulse "
        "is higher, and dreams come back in great number. Doctors call this a rebound. It is strongest in the first "
        "days, and it fades as the brain finds its own measure again. One study followed people for a year and found "
        "that sleep went on getting better for most of that time. [1]",
    ),
    ("picture", ""),
    ("heading", "What helps in the evening"),
    (
        "text",
        "There is no trick that brings sleep tonight. There are habits that bring it a little sooner every week. None "
        "of them costs anything, and you can begin with one. Pick the one that seems easiest, keep it for a week, and "
        "then look for the next.",
    ),
    (
        "bullets",
        "Get up at the same time every day, also after a bad night and on Sundays.\n"
        "Leave coffee, cola and black tea alone after noon.\n"
        "Eat something warm in the evening, but not late and not much.\n"
        "Put the phone in another room an hour before you lie down.\n"
        "Keep the bedroom cool, dark and quiet, and have a dry shirt beside the bed.\n"
        "Take a bath, or only a warm shower, and go to bed when you have cooled down.",
    ),
    (
        "text",
        "Naps are a question of measure. A quarter of an hour after lunch does no harm. An hour in the late afternoon "
        "takes away from the night. If you can hardly keep your eyes open, go outside and walk around the block. "
        "Daylight in the morning is the strongest signal that there is: half an hour of it, even under clouds, tells "
        "the inner clock when the day begins, and with that also when it ends.",
    ),
    ("heading", "When you lie awake"),
    (
        "text",
        "The bed should be a place for sleeping and not for waiting. Someone who has been awake for about twenty "
        "minutes does better to get up again. That sounds hard at two in the morning, but it is easier than fighting. "
        "Many of our guests do the same thing night after night, until it does not take them long any more:",
    ),
    (
        "numbers",
        "Get up without turning on a bright lamp.\n"
        "Sit in a chair, with a blanket around you.\n"
        "Do something dull: fold towels, read a page of an old book, listen to the radio at a low volume.\n"
        "Breathe in while you count to four, and out while you count to six.\n"
        "Go back to bed only when your eyes fall shut.",
    ),
    (
        "text",
        "Do not look at the clock while you do this. Turn it to the wall before you lie down. Counting the hours that "
        "are left has never put anyone to sleep. If worries keep you up, write each of them on a slip of paper, in "
        "one line, and put the slips in a drawer. They will be there in the morning, and most of them will be "
        "smaller.",
    ),
    (
        "danger",
        "Call 911 now\nSomeone shakes hard, is confused, or has a seizure. Someone does not wake up, breathes slowly, "
        "or has blue lips.",
    ),
    ("heading", "Medicines and teas"),
    (
        "text",
        "It is natural to wish for a pill. Please do not take anything on your own, not even what helped you before "
        "and not even what is sold without a prescription. Some sleeping pills work in the same places of the brain "
        "as alcohol does, and people who have been dependent on one become dependent on the other very quickly. "
        "Others dry the mouth, slow the heart, or make you unsteady on your feet when you get up at night.",
    ),
    (
        "text",
        "Ask the doctor who looks after you. There are medicines that can be given for a short time and that fit the "
        "rest of your treatment. The doctor has to know what else you take, and what you drank and how much. Nobody "
        "will scold you for an honest answer. Teas from hops, balm or valerian do little that can be measured, and "
        "little harm. A warm cup in the hands at a fixed hour is worth something all by itself.",
    ),
    ("heading", "When to ask for help"),
    (
        "text",
        "Talk to us or to your doctor if you have slept less than three hours for four nights in a row, if you snore "
        "loudly and someone says that you stop breathing, if your legs will not lie still, or if the dreams bring "
        "back something that happened to you. All of these have a name and a treatment. Talk to us also if you think "
        "about drinking only so that you can sleep. That thought is one of the most common reasons why people start "
        "again, and it loses its force when it is spoken aloud.",
    ),
    (
        "text",
        "And if you did drink last night, call today. You have not lost what you learned. The nights that were good "
        "are still yours, and the next one can be good again.",
    ),
)


def text_of(kind: str) -> str:
    return next(text for of, text in PARTS if of == kind)


def before(kind: str) -> str:
    """The text before the first part of a kind."""
    return PARTS[[of for of, _ in PARTS].index(kind) - 1][1]


def words() -> int:
    return sum(len(text.split()) for _, text in PARTS)

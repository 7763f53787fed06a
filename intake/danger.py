def signs(answers):
    return ()


def urgency(answers, found):
    return 0


def reasons(answers, found):
    return []


def steps(found):
    return []

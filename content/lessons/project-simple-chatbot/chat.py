def prompt(turns, speaker, longest):
    """The text to continue: as many of the last turns as fit, and the beginning of the answer."""
    text = f"{speaker}:"
    for at, (who, said) in enumerate(reversed(turns)):
        longer = f"{who}: {said}\n{text}"
        if at > 0 and len(longer) > longest:
            break
        text = longer
    return text


def answer(written):
    """The answer within what the model wrote: up to the end of its line."""
    return written.split("\n")[0].strip()

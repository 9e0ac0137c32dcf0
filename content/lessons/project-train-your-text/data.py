def encode(text):
    """The characters of a text in order, and the text as their numbers."""
    vocabulary = sorted(set(text))
    number = {character: i for i, character in enumerate(vocabulary)}
    return vocabulary, [number[character] for character in text]


def split(ids):
    """The part to learn from, and the last tenth, which is only ever asked about."""
    set_aside = len(ids) // 10
    return ids[:len(ids) - set_aside], ids[len(ids) - set_aside:]


def stretch(ids, start, context):
    """One stretch of the text and its answers: the same stretch, one token later."""
    inputs = ids[start:start + context]
    answers = ids[start + 1:start + context + 1]
    return inputs, answers

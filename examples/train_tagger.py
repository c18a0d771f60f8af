"""Train a small tagger of entity mentions on a corpus, offline.

    pip install python-crfsuite
    python examples/train_tagger.py ./corpus tagger.crfsuite

The way from rows to training data is what to copy: `sentences` works with any tokenizer that tells offsets, and with any learner.
On a corpus of one article, where names recur, the scores only show that it runs.
"""

import re
import sys
from collections import Counter

import pycrfsuite
from datasets import load_dataset

from corpus_tools import mention_spans, token_labels


def tokenize(text, start, end):
    """The offsets of words and marks in text[start:end]. Put your own tokenizer here."""
    return [match.span() for match in re.compile(r"\w+|[^\w\s]").finditer(text, start, end)]


def sentences(corpus, annotator):
    """The sentences of all paragraphs, each as (paragraph number, tokens, labels), and the mentions that no label could bear."""
    tables = {name: load_dataset(corpus, name, split="train") for name in ("documents", "paragraphs", "entities", "mentions")}
    mentions = [mention for mention in tables["mentions"] if mention["annotator"] == annotator]
    examples, lost = [], []
    for document in tables["documents"]:
        text = document["text"]
        spans = mention_spans((m for m in mentions if m["doc_id"] == document["doc_id"]), tables["entities"])
        for paragraph in tables["paragraphs"]:
            if paragraph["doc_id"] != document["doc_id"]:
                continue
            for sentence in paragraph["sentences"]:
                start, end = sentence["start"], sentence["end"]
                offsets = tokenize(text, start, end)
                inside = [span for span in spans if start <= span[0] < end]
                labels, unplaced = token_labels(text, inside, offsets)
                examples.append((paragraph["index"], [text[a:b] for a, b in offsets], labels))
                lost += unplaced
    return examples, lost


def features(tokens):
    """What the tagger sees of each token: the word, its form, its neighbours."""
    shapes = [re.sub(r"[a-z]+", "x", re.sub(r"[A-Z]+", "X", re.sub(r"\d+", "9", token))) for token in tokens]
    padded = ["<s>", *tokens, "</s>"]
    return [
        ["bias", f"word={token}", f"shape={shapes[i]}", f"end={token[-3:]}", f"before={padded[i]}", f"after={padded[i + 2]}"]
        for i, token in enumerate(tokens)
    ]


def spans_of(labels):
    """The spans that BIO labels say, as a set of (first token, last token, type)."""
    spans = []
    for i, label in enumerate(labels):
        if label.startswith("B-") or (label.startswith("I-") and not (spans and spans[-1][1:] == [i - 1, label[2:]])):
            spans.append([i, i, label[2:]])
        elif label.startswith("I-"):
            spans[-1][1] = i
    return {tuple(span) for span in spans}


def main(corpus="./corpus", model="tagger.crfsuite", annotator="gold"):
    """Train on four paragraphs of five, test on the fifth."""
    examples, lost = sentences(corpus, annotator)
    held_out = [example for example in examples if example[0] % 5 == 4]
    training = [example for example in examples if example[0] % 5 != 4]
    print(f"{len(training)} sentences to train on, {len(held_out)} to test on")
    for reason, number in Counter(span.reason for span in lost).items():
        print(f"{number} mentions without labels of their own: {reason}")

    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({"c1": 0.1, "c2": 0.01, "max_iterations": 100})
    for _, tokens, labels in training:
        trainer.append(features(tokens), labels)
    trainer.train(model)

    tagger = pycrfsuite.Tagger()
    tagger.open(model)
    found = [spans_of(tagger.tag(features(tokens))) for _, tokens, _ in held_out]
    gold = [spans_of(labels) for *_, labels in held_out]
    right = sum(len(a & b) for a, b in zip(found, gold, strict=True))
    precision, recall = right / max(1, sum(map(len, found))), right / max(1, sum(map(len, gold)))
    print(
        f"precision {precision:.2f}, recall {recall:.2f}, F1 {2 * right / max(1, sum(map(len, found)) + sum(map(len, gold))):.2f}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

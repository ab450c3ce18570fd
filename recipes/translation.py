"""Translation: a sequence read, another one written.

python recipes/translation.py                                  # dates in words to ISO 8601
python recipes/translation.py --data eng_fra --tokenizer subwords
python recipes/translation.py --data mine.csv --source english --target german --plot looks.png

An encoder of the zoo reads the source, a decoder that attends to it writes the target letter by
letter (--tokenizer: words, subwords). --plot draws what each written token looked at. BLEU and chrF
are printed where sacrebleu is installed; beside them stands the answer to the most alike source.
"""

from keraseq import cli


def run(options):
    pairs = cli.pair_data(options)
    _, answers = cli.transduce(
        options,
        pairs,
        source_tokenizer=options.tokenizer,
        target_tokenizer=options.tokenizer,
        beam_size=options.beam,
    )
    print("\nSome of the test part:")
    for source, answer, truth in list(zip(pairs.X_test, answers, pairs.y_test, strict=True))[:6]:
        print(f"  {source}  ->  {answer}{'' if answer == truth else f'  (in truth {truth})'}")


if __name__ == "__main__":
    columns = {"source": "what is read", "target": "what it becomes"}
    made = cli.parser(__doc__, model="bilstm", data="dates", columns=columns)
    made.add_argument("--decoder", choices=["lstm", "transformer"], default="lstm")
    made.add_argument(
        "--tokenizer", choices=["characters", "words", "subwords"], default="characters"
    )
    made.add_argument("--beam", type=cli.positive, default=1, help="beginnings kept at each step")
    cli.main(run, made.parse_args())

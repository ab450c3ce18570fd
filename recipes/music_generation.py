"""Music generation: a network that writes tunes, and a MIDI file to listen to.

python recipes/music_generation.py                             # learns from generated tunes
python recipes/music_generation.py --data FOLDER --epochs 12   # of files in ABC notation
python recipes/music_generation.py --prompt "M:6/8\\nL:1/8\\nK:D\\n" --midi jig.mid

Tunes are texts in ABC notation: metre, unit, key, then a letter a note. A tenth of them is the test
part. Printed are the nats a character there (lower is better) of the network and of Kneser-Ney
n-grams, and how many bars of the written tunes add up to their metre, beside those of the tunes
that it learned from. The first tune is shown and written as MIDI.
"""

import keraseq
from keraseq import cli


def run(options):
    tunes = cli.tune_data(options)
    cli.print_lines(data=options.data, split=tunes.split)
    generator = keraseq.SequenceGenerator(
        options.model,
        pack_texts=True,
        epochs=cli.epochs(options),
        callbacks=cli.training_bar(),
        random_state=options.seed,
        **({"units": 32} if options.quick else {}),
    )
    seconds = cli.timed(generator.fit, tunes.train)
    cli.print_lines(**cli.about(options, generator, seconds))
    rival = keraseq.baselines.NgramLanguageModel().fit(tunes.train)
    written = generator.generate(
        prompt=options.prompt,
        length=options.length,
        temperature=options.temperature,
        n=options.tunes,
        random_state=options.seed,
    )
    written = [options.prompt + text for text in ([written] if options.tunes == 1 else written)]
    cli.print_lines(
        score=f"{-generator.score(tunes.test):.3f} nats a character of the test tunes",
        baseline=f"{-rival.score(tunes.test):.3f} (Kneser-Ney n-grams of 6 characters)",
        bars=f"{cli.full_bars(written):.1%} of {options.tunes} written tunes add up to their metre",
        learned=f"{cli.full_bars(tunes.train):.1%} of the bars that it learned from do",
    )
    print(f"\n{written[0]}")
    notes = cli.read_tune(written[0]).notes
    with open(options.midi, "wb") as file:
        file.write(cli.midi_bytes(notes, program=options.program))
    print(f"{options.midi}: {len(notes)} notes")
    cli.save_model(options, generator)
    if options.plot:
        display = keraseq.plots.LearningCurvesDisplay.from_estimator(generator)
        cli.save_plot(options, display.figure_)


if __name__ == "__main__":
    made = cli.parser(__doc__, model="gru", data="generated", columns={})
    made.add_argument("--prompt", default="", type=cli.unescaped, help="what each begins with")
    made.add_argument("--length", type=cli.positive, default=800, help="characters at most")
    made.add_argument("--temperature", type=float, default=0.7, help="0 takes the likeliest")
    made.add_argument("--tunes", type=cli.positive, default=20, help="how many are written")
    made.add_argument("--midi", default="tune.mid", metavar="FILE.mid", help="of the first one")
    made.add_argument("--program", type=int, default=73, help="of General MIDI; 73 is a flute")
    cli.main(run, made.parse_args())

"""What recipes write to files: the model and a picture."""

from keraseq.cli.printing import print_lines


def save_model(options, fitted):
    """Save an estimator's Keras model, without the optimiser's state, where --save names a file."""
    if options.save:
        import keras

        keras.Model(fitted.model_.input, fitted.model_.output).save(options.save)
        print_lines(saved=options.save)


def save_plot(options, figure):
    """Save a figure in the file that --plot names."""
    figure.savefig(options.plot, dpi=120)
    print_lines(plot=options.plot)

"""Write a saved model in a format that other programs run.

  keraseq export stars.keraseq --format onnx -o stars.onnx
  keraseq export stars.keraseq --format litert --quantize int8 --data rows.csv -o stars.tflite

Beside the file come a description, FILE.json, and FILE_predict.py, a script that answers raw rows
with NumPy and the format's runtime alone. The exported model runs at once, and the largest
difference from the saved one is told; int8 is calibrated on the rows of --data.
"""


def add_options(parser):
    parser.add_argument("model", metavar="FILE.keraseq", help="a model that was saved")
    parser.add_argument(
        "--format",
        choices=["onnx", "litert", "saved_model"],
        default="onnx",
        help="onnx by default",
    )
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="where to write it")
    parser.add_argument("--quantize", choices=["float16", "int8"], help="of LiteRT")
    parser.add_argument("--data", help="rows to try and calibrate it on, as `predict` reads them")
    from keraseq.cli.fitted import add_columns

    add_columns(parser)


def run(options):
    from keraseq.cli.fitted import Fitted

    fitted = Fitted(options)
    settings = {"format": options.format, "quantize": options.quantize}
    if options.data is not None:
        settings["X"] = fitted.history() if fitted.is_forecaster else fitted.rows()[0]
    told = fitted.estimator.export(options.output, **settings)
    print(f"{options.output}: {told}")

"""Serve a saved model over HTTP.

python recipes/serve.py stars.keraseq                          # on 127.0.0.1, port 8000
curl localhost:8000/predict -H 'Content-Type: application/json' \\
    -d '{"rows": [{"review": "not bad at all"}], "proba": true}'

GET /health, GET /model (what `keraseq inspect` knows), GET /card (Markdown), POST /predict. Needs
`pip install 'keraseq[serve]'`. docs/serving.md says what rows are, how requests that come at once
are answered together, and what a bad request gets.
"""

import argparse
import functools

from keraseq import cli


def make_app(service):
    """The application around a :class:`keraseq.cli.Service`."""
    fastapi = cli.import_extra("fastapi", "serve")
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse, PlainTextResponse
    from pydantic import BaseModel, Field

    class Question(BaseModel, extra="forbid"):
        rows: list | None = None
        proba: bool = False
        steps: int | None = Field(None, ge=1, le=10_000)
        interval: float | None = Field(None, gt=0, lt=1)

    app = fastapi.FastAPI(title="keraseq")

    @app.post("/predict")
    def predict(question: Question):
        try:
            return {"answers": service.answer(**question.model_dump())}
        except (ValueError, TypeError) as error:
            raise fastapi.HTTPException(422, str(error)) from error

    @app.exception_handler(RequestValidationError)
    def refuse(request, error):
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"][1:]))
        return JSONResponse({"detail": f"{where}: {first['msg']}."}, 422)

    app.get("/health")(lambda: {"status": "ok", "calls": service.n_calls})
    app.get("/model")(lambda: service.about)
    app.get("/card", response_class=PlainTextResponse)(lambda: service.card)
    return app


def run(options):
    uvicorn = cli.import_extra("uvicorn", "serve")
    service = cli.Service(options.model, wait=options.wait / 1000)
    try:
        uvicorn.run(make_app(service), host=options.host, port=options.port)
    finally:
        service.close()


if __name__ == "__main__":
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("model", metavar="FILE.keraseq")
    made.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for all who reach this machine")
    made.add_argument("--port", type=int, default=8000)
    made.add_argument("--wait", type=float, default=5, help="milliseconds that a batch collects")
    options = made.parse_args()
    expected = (ValueError, TypeError, OSError, ImportError)
    cli.finish(functools.partial(run, options), vars(options), expected, status=1)

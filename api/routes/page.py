"""How a page is made: the templates, the words they use, and the application behind them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api import employer_wording, life_wording, match_wording, reading_wording, rights_wording, wording
from api.access_log import log_sentence
from api.application import Application
from api.limits import Limits
from profiling.access import Principal
from profiling.models import Evidence
from profiling.taxonomy import Taxonomy

_TEMPLATES = Path(__file__).parents[1] / "templates"


class Pages:
    """Shows templates. Everything that is put into one is escaped."""

    def __init__(self, application: Application, limits: Limits) -> None:
        self.application = application
        self.limits = limits
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
        )  # fmt: skip
        # English is the message id; the catalogues of other languages are put in here.
        self._templates.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
        self._templates.globals.update(
            say=wording,
            say_match=match_wording,
            say_life=life_wording,
            say_log=log_sentence,
            say_read=reading_wording,
            employ=employer_wording,
            rights=rights_wording,
            Evidence=Evidence,
        )

    def show(
        self, template: str, principal: Principal | None, form_token: str, status: int = 200, **values: object
    ) -> HTMLResponse:
        """A page for somebody, with the banner; ``form_token`` goes into each of its forms."""
        fictional = any(centre.fictional for centre in self.application.centres())
        codes = self.application.settings.one_time_codes
        standing = {"fictional": fictional, "codes": codes, "principal": principal, "form_token": form_token}
        return self._render(template, status, {**standing, **values})

    def error(self, status: int, title: str, text: str) -> HTMLResponse:
        """An error page; it asks nothing of the database, which may be what fails."""
        standing = {"fictional": False, "codes": True, "principal": None, "form_token": ""}
        return self._render("error.html", status, {**standing, "title": title, "text": text})

    def _render(self, template: str, status: int, values: dict[str, object]) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(template).render(**values), status_code=status)

    @property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy by which codes are put into words."""
        return self.application.coder().taxonomy


def pages_of(request: Request) -> Pages:
    """The pages of the application that is asked."""
    pages: Pages = request.app.state.pages
    return pages


Shown = Annotated[Pages, Depends(pages_of)]

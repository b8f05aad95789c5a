"""The files under deploy/ are read as their programs would read them."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from bot.metrics import Metrics
from bot.web import LARGEST
from config.settings import Settings
from console.enclosures import LARGEST_FORM
from console.uploads import LARGEST_ALL
from tests.architecture.sources import ROOT
from tests.architecture.test_docs import rows

DEPLOY = ROOT / "deploy"
KUBERNETES = "1.31"
BODY_SIZE = re.compile(r"client_max_body_size (\d+)([km]);")
UNITS = {"k": 1024, "m": 1024 * 1024}
METRIC = re.compile(r"\bzhengda_[a-z_]+")


def manifests() -> list[dict[str, Any]]:
    text = (DEPLOY / "kubernetes" / "zhengda.yaml").read_text(encoding="utf-8")
    return [*yaml.safe_load_all(text)]


def manifest(kind: str) -> dict[str, Any]:
    return next(each for each in manifests() if each["kind"] == kind)


def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return content


def exposed() -> set[str]:
    """The names of all time series, those of histograms too."""
    metrics = Metrics(passages=lambda: 0)
    metrics.watch(["web"], lambda _channel: False)
    kinds = re.findall(r"^# TYPE (\S+) (\S+)$", metrics.expose().decode(), re.MULTILINE)
    return {
        f"{name}{suffix}"
        for name, kind in kinds
        for suffix in (("", "_bucket", "_sum", "_count") if kind == "histogram" else ("",))
    }


@pytest.mark.parametrize("file", ["grafana/zhengda.json", "prometheus/alerts.yaml"])
def test_every_metric_that_is_drawn_or_watched_exists(file: str) -> None:
    named = set(METRIC.findall((DEPLOY / file).read_text(encoding="utf-8")))

    assert named
    assert named - exposed() == set()


def test_the_dashboard_shows_every_metric() -> None:
    drawn = (DEPLOY / "grafana" / "zhengda.json").read_text(encoding="utf-8")
    families = {re.sub(r"_(bucket|sum|count|created)$", "", name) for name in exposed()}

    assert [name for name in sorted(families) if name not in drawn] == []


def test_the_dashboard_has_panels_that_do_not_overlap() -> None:
    panels = json.loads((DEPLOY / "grafana" / "zhengda.json").read_text(encoding="utf-8"))["panels"]
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}

    assert len(places) == len(panels) == len({panel["id"] for panel in panels})


@pytest.mark.parametrize("number", range(len(manifests())))
def test_kubernetes_takes_every_manifest(number: int) -> None:
    kubernetes_validate.validate(manifests()[number], KUBERNETES, strict=True)


def test_the_service_finds_the_bots() -> None:
    pod = manifest("Deployment")["spec"]["template"]

    assert manifest("Service")["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    assert pod["spec"]["terminationGracePeriodSeconds"] > 15


def test_no_bot_of_the_older_program_runs_beside_one_of_the_newer() -> None:
    assert manifest("Deployment")["spec"]["strategy"] == {"type": "Recreate"}


def test_docker_compose_takes_the_file() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    ended = subprocess.run(  # noqa: S603  a development tool on our own file
        [*command, str(DEPLOY / "compose.yaml")], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout


def test_what_compose_mounts_and_builds_is_there() -> None:
    services = compose()["services"]
    build = services["bot-a"]["build"]

    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    assert (DEPLOY / "nginx" / "zhengda.conf").exists()
    assert set(services) == {"bot-a", "bot-b", "nginx", "postgres", "redis"}


@pytest.mark.parametrize(
    ("location", "largest"), [("= /request", LARGEST_FORM), ("/console/", LARGEST_ALL), ("/channels/", LARGEST)]
)
def test_nginx_lets_through_what_the_server_takes(location: str, largest: int) -> None:
    text = (DEPLOY / "nginx" / "zhengda.conf").read_text(encoding="utf-8")
    of_all, *_ = BODY_SIZE.findall(text)
    _, own = text.split(f"location {location} {{")
    size, unit = (BODY_SIZE.findall(own.partition("}")[0]) or [of_all])[0]

    assert int(size) * UNITS[unit] >= largest


def test_every_variable_that_is_set_is_a_setting() -> None:
    known = set(re.findall(r"ZHENGDA_[A-Z_0-9]+", "\n".join(rows()))) | {"ZHENGDA_CONFIG"}
    text = "\n".join(file.read_text(encoding="utf-8") for file in DEPLOY.rglob("*") if file.is_file())
    named = {name.rstrip("_") for name in re.findall(r"ZHENGDA_[A-Z_0-9]+", text)} - {"ZHENGDA"}

    assert named - known == set()


def test_the_settings_in_the_manifest_are_settings() -> None:
    Settings(**tomllib.loads(manifest("ConfigMap")["data"]["zhengda.toml"]))


def test_what_the_image_copies_is_there() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    sources = [line.split()[1] for line in lines if line.startswith("COPY ")]

    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert 'ENTRYPOINT ["python", "run_bot.py"]' in lines
    assert Path(ROOT, ".dockerignore").read_text(encoding="utf-8").split()[0] == ".git"

"""A map as bytes for the browser, in parts that stay the same for as long as what they hold does.

Streamlit sends a large message that the browser already has as a hash of some hundred bytes. What changes at
different times therefore travels in different messages: names, facts, places and colours are one *part* each, and the
rest (what is selected, titles, the frame's number) is a small object that refers to the parts by their hashes.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from embed_core.map.view import Frames, MapView

NONE = int(np.iinfo(np.uint16).max)
_STEPS = np.iinfo(np.uint16).max


def map_payload(view: MapView, slot: str) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return the parts of a map by name, and the small rest that refers to them.

    Arguments:
        view: The map.
        slot: The name under which the browser keeps the parts: one map has one.
    """
    coordinates = np.asarray(view.coordinates, dtype=float)
    if len(view.labels) == 0:
        coordinates = coordinates.reshape(0, 2)
    shown = np.flatnonzero(np.isfinite(coordinates).all(axis=1))
    labels = [str(view.labels[i]) for i in shown.tolist()]
    parts, hashes = {}, {}
    for name, (header, arrays) in {
        "names": _names(view, labels, shown),
        "facts": _facts(view, shown),
        "places": _places(view, coordinates[shown], shown),
        "tints": _tints(view, shown),
    }.items():
        parts[name], hashes[name] = _pack(f"{slot}:{name}", header, arrays)
    return parts, {"slot": slot, "parts": hashes} | _rest(view, labels)


def _rest(view: MapView, labels: list[str]) -> dict[str, Any]:
    index = {label: i for i, label in reversed(list(enumerate(labels)))}
    return {
        "colorings": [
            {
                "name": each.name,
                "label": each.label,
                "title": each.title,
                "scale": each.scale,
                "waits": each.waits,
            }
            for each in view.colorings
        ],
        "colored": view.colored,
        "sizings": [
            {
                "name": each.name,
                "label": each.label,
                "title": each.title,
                "scale": "sequential",
                "waits": each.waits,
            }
            for each in view.sizings
        ],
        "sized": view.sized,
        "fade_title": view.fade_title,
        "title": view.title,
        "notes": list(view.notes),
        "axes": list(view.axes),
        "arrows": [
            {"text": each.text, "direction": list(each.direction), "length": each.length}
            for each in view.arrows
        ],
        "arrows_from": _middle(view) if view.arrows else [0.0, 0.0],
        "revision": view.revision,
        "frame": view.frame,
        "selected": index.get(view.selected) if view.selected is not None else None,
        "neighbors": [
            [index[label], float(f"{distance:.4g}")] for label, distance in view.neighbors if label in index
        ],
        "false_neighbors": [index[label] for label in view.false_neighbors if label in index],
        "cloud": [] if view.cloud is None else np.round(np.asarray(view.cloud, float), 5).tolist(),
        "group": [index[label] for label in view.group if label in index],
        "isolated": view.isolated,
        "description": view.description,
        "moving": view.moving,
    }


def _middle(view: MapView) -> list[float]:
    places = np.asarray(view.coordinates, float)
    found: list[float] = places[np.isfinite(places).all(axis=1)].mean(axis=0).tolist()
    return found


def _names(view: MapView, labels: list[str], shown: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
    arrays = {"support": np.asarray(view.support)[shown].astype(np.float64)}
    if arrays["support"].max(initial=0) < 2**31:
        arrays["support"] = arrays["support"].astype(np.int32)
    return {"labels": labels}, arrays


def _facts(view: MapView, shown: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
    header: dict[str, Any] = {}
    arrays: dict[str, Any] = {}
    if view.details is not None:
        header["details"] = [str(view.details[i]) for i in shown.tolist()]
    if view.stability is not None:
        arrays["stability"] = np.asarray(view.stability)[shown].astype(np.float32)
    if view.nearest is not None and len(view.labels):
        rows, distances = view.nearest
        places = np.full(len(view.labels), -1)  # as an unsigned number the greatest: not shown
        places[shown] = np.arange(len(shown))
        arrays["nearest"] = places[rows[shown]].astype(np.uint32 if len(shown) >= NONE else np.uint16)
        arrays["nearest_distances"] = distances[shown].astype(np.float32)
        header["nearest_each"] = rows.shape[1]
    return header, arrays


def _places(
    view: MapView, coordinates: np.ndarray, shown: np.ndarray
) -> tuple[dict[str, Any], dict[str, Any]]:
    origin = coordinates.mean(axis=0) if len(coordinates) else np.zeros(coordinates.shape[1])
    header: dict[str, Any] = {"origin": origin.tolist()}
    arrays = {
        name: axis.astype(np.float32) for name, axis in zip("xyz", (coordinates - origin).T, strict=False)
    }
    if view.frames is not None and coordinates.shape[1] == 2 and len(coordinates):
        header["frames"], arrays["frame_steps"] = _frames(view.frames, coordinates, shown)
    return header, arrays


def _frames(frames: Frames, coordinates: np.ndarray, shown: np.ndarray) -> tuple[dict[str, Any], np.ndarray]:
    """Return the frames as steps of a 65,535th of the map's size: a tenth of a pixel at fivefold zoom."""
    every = np.asarray(frames.coordinates, dtype=np.float32)[:, shown]
    if not np.isfinite(every).all():
        every = np.where(np.isfinite(every), every, coordinates.astype(np.float32))
    low = every.min(axis=(0, 1))
    span = float((every.max(axis=(0, 1)) - low).max()) or 1.0
    header = {
        "numbers": [float(number) for number in frames.numbers],
        "values": [str(value) for value in frames.values],
        "name": frames.name,
        "low": low.tolist(),
        "step": span / _STEPS,
    }
    return header, np.rint((every - low) * np.float32(_STEPS / span)).clip(0, _STEPS).astype(np.uint16)


def _tints(view: MapView, shown: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
    groups_of: dict[str, list[str]] = {}
    arrays: dict[str, Any] = {}
    for each in view.colorings:
        if each.groups is not None:
            groups_of[each.name], arrays[f"groups {each.name}"] = _coded(view, each.groups, shown)
        elif each.numbers is not None:
            color = np.asarray(each.numbers, dtype=float)[shown]
            arrays[f"color {each.name}"] = np.where(np.isfinite(color), color, np.nan).astype(np.float32)
    if view.fade is not None:
        fade = np.nan_to_num(np.asarray(view.fade, dtype=float)[shown], nan=0.0)
        arrays["fade"] = np.round(255 * np.clip(fade, 0, 1)).astype(np.uint8)
    for size in view.sizings:
        if size.numbers is not None:
            arrays[f"size {size.name}"] = np.asarray(size.numbers, dtype=np.float32)[shown]
    header: dict[str, Any] = {"groups": groups_of}
    if view.regions is not None:
        header["regions"], arrays["regions all"] = _coded(view, view.regions, shown)
    return header, arrays


def _coded(view: MapView, groups: Sequence[str | None], shown: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the names of groups, those with most rows first, and the place of each category's among them."""
    names_of = [groups[i] for i in shown.tolist()]
    rows: Counter[str] = Counter()
    for group, support in zip(names_of, np.asarray(view.support)[shown].tolist(), strict=True):
        if group is not None:
            rows[str(group)] += support
    names = sorted(rows, key=lambda name: (-rows[name], len(name), name))[:NONE]
    codes = {name: code for code, name in enumerate(names)}
    coded = [NONE if group is None else codes.get(str(group), NONE) for group in names_of]
    return names, np.array(coded, np.uint16)


def _pack(slot: str, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> tuple[bytes, str]:
    """Return a header's length, the header as JSON, and the arrays one after another; and their hash."""
    blobs = [np.ascontiguousarray(array).tobytes() for array in arrays.values()]
    header = header | {"arrays": [[name, array.dtype.str[1:], array.size] for name, array in arrays.items()]}
    content = json.dumps(header).encode("ascii")
    digest = hashlib.blake2b(content + b"".join(blobs), digest_size=9).hexdigest()
    text = json.dumps({"slot": slot, "hash": digest, "content": header}).encode("ascii")
    text += b" " * (math.ceil(len(text) / 8) * 8 - len(text))
    return b"".join([len(text).to_bytes(4, "little"), text, *blobs]), digest

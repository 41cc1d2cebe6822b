"""Two projections of nobody's: what it takes to add one is what stands here, and a line that registers it."""

import numpy as np
import numpy.typing as npt

from embed_core.space.projections.base import Projection, ProjectionMethod, Request, Setting


def around(n: int, radius: float, n_components: int) -> npt.NDArray[np.float64]:
    """Points on a circle."""
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    flat = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.pad(flat, ((0, 0), (0, n_components - 2)))


class Circle(ProjectionMethod):
    """All categories on a circle, at once."""

    name, title = "circle", "Circle"
    settings = (Setting("radius", "Radius", default=2, least=1, slider=(1, 5, 1)),)

    def draw(self, vectors: npt.NDArray[np.float64], request: Request) -> Projection:
        """Return the circle."""
        return self.drawn(around(len(vectors), request.settings["radius"], request.n_components))


class Growing(ProjectionMethod):
    """A circle that grows, frame by frame, and can be stopped."""

    name, title = "growing", "Growing circle"
    uses_metric = True
    fewest = 3
    pace = "in frames"

    def draw(self, vectors: npt.NDArray[np.float64], request: Request) -> Projection:
        """Return the circle as far as it has grown."""
        coordinates = around(len(vectors), 1, request.n_components)
        for iteration in range(11):
            coordinates = around(len(vectors), 1 + iteration, request.n_components)
            if request.on_frame and request.on_frame(iteration, 10, coordinates.astype(np.float32)):
                break
        return self.drawn(coordinates, quality={"iterations": float(iteration)})

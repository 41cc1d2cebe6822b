"""The names under which a session holds what it holds: every key of session state that is read or written by name.

Keys of widgets and components stand here when their value is read, or set, elsewhere than where they are drawn.
"""

# What is in hand, and what the address bar brings back of it.
TABLE, RUN, CATEGORY = "table", "run", "category"
AGAINST, SWEEP, ENCODERS = "against", "sweep", "encoders"
"""What the Compare page looks at: another run, and the measurements that were begun."""
HANDED_OUT = "hand_out"
"""The settings of the link by which the table was opened for a class, as it says them."""
IN_ADDRESS = (TABLE, RUN, CATEGORY, AGAINST, SWEEP, ENCODERS, HANDED_OUT)
SETTINGS = "settings"
TARGETS = "targets"
"""The target that was chosen last, by the kinds of target that an objective learns from."""
NOTICE = "notice"
"""A sentence that the line in hand shows once, such as of a link that leads nowhere."""
DELETED = "deleted_run"
"""Id and name of the run that was deleted last, while it can be taken back."""
WORKSPACE = "workspace"
"""Name of the workspace that the browser's cookie said last."""
WELCOMED, DELETED_ALL = "welcomed", "deleted_all"
"""That a visitor has read of their workspace; what was deleted of it."""
INSIDE_APP = "inside_app"
"""True while ``app.py`` runs a page."""
PAGE, BOUND_ON = "page", "bound_on"
"""The page that is shown; and on which page the widget of each setting was shown last, by its key."""

# Data
COLUMNS_TABLE, COLUMN_NAMES = "columns", "column_names"
READING_REFUSED = "reading_refused"
"""Of which table which options were refused, and the sentence."""
CHANGE_COLUMN, CHANGE_OPERATOR, CHANGE_VALUES = "change_column", "change_operator", "change_values"
MERGE_COLUMN, MERGE_FROM, MERGE_TO = "merge_column", "merge_from", "merge_to"
BAG_COLUMN, BAG_SEPARATOR = "bag_column", "bag_separator"
CHANGE_REFUSED = "change_refused"
"""Why a change of the table was refused, to be shown once."""
UPLOAD_REFUSED = "upload_refused"
"""Id of an upload that was not read, and the sentence."""

START = "go_on_from"
"""Id of the run that the next training is to go on from; None of one that begins from nothing."""
DATABASE, DATABASE_TABLE = "database", "database_table"

# Train
PACE = "pace"
CURVE, CURVE_SCALE = "curve", "curve_scale"
TRAINING_MAP, TRAINING_FRAME, TRAINING_CLOCK = "train_map", "map_frame", "training_clock"

# Map
MAP, CONTROL_MAP = "atlas_map", "control_map"
FINDING, FOUND_LATE = "map_finding", "map_found_late"
"""How the map stood when its run was taken up, while the projection that keeps most is looked for and nobody has
touched it; whether somebody has, so that it is offered when it is found.
"""
MAP_RUN, MAP_PAGE, MAP_SEEN = "map_run", "map_page", "map_seen"
MAP_DRAWN = "map_drawn"
"""Of which run, column and metric, and the map of it that came to rest last: what is exported."""
ABOUT = "map_about"
"""By run: the table about its categories that a person has brought, None where there is none."""
LINKED = "linked"
"""The run that the address named, and how its map is to be looked at."""
WHOLE_PAGE = "map_whole_page"
"""Set where more than the map and what stands beside it must be shown again."""
EMBEDDING_OF, METHOD, METRIC, DIMENSIONS = "embedding_of", "method", "metric", "dimensions"
COLOR, COLORS_MADE, SIZE = "color", "map_colors_made", "map_size"
OWN_TABLE = "map_table"
"""Id of the upload that was taken last."""
GROUP, SECOND, FRONT, ISOLATED = "map_group", "map_second", "map_front", "map_isolated"
FIND_SECOND = "find_second"
GROUP_NAMED = "group"
"""In the address and beside the run: the name of the saved group that is looked at."""
GROUPS, GROUP_NAME, GROUP_REFUSED = "map_groups", "group_name", "group_refused"
LEVELS_ASKED = "map_levels_asked"
VERDICT, VERDICT_WORDS = "verdict_chip", "verdict_words"
"""The button of the verdict, and what stood on it last."""
MISLEADS, CHANCE, FADE, SWAYS = "map_misleads", "map_chance", "map_fade", "map_sways"
ARROWS = "map_arrows"
CLUSTER_METHOD, CLUSTER_AUTOMATIC, CLUSTER_COUNT = "cluster_method", "cluster_automatic", "cluster_count"
CLUSTER_TABLE, CLUSTER_MEMBERS = "cluster_table", "cluster_members"
SIMILARITY_CHART, SIMILARITY_BRANCHES = "similarity_chart", "similarity_branches"

# Compare
COMPARE_TAB, COMPARE_LAST_TAB = "compare", "compare_last_tab"
COMPARE_FIRST, COMPARE_FIRST_CHOICE = "compare_first", "compare_first_choice"
COMPARE_SECOND_CHOICE = "compare_second_choice"
COMPARE_METRIC, COMPARE_CHANGE, COMPARE_CHOSEN_FOR = "compare_metric", "compare_change", "compare_chosen_for"
COMPARE_MAPS = ("compare_map_first", "compare_map_second")
COMPARE_CHANGES, COMPARE_LISTED = "compare_changes", "compare_listed"
COMPARE_CHOICES = "compare_choices"
RUN_TABLE, LISTED_RUNS = "run_table", "listed_runs"

# Learn
LEARN_MATRIX, LEARN_EDITED, LEARN_SHUFFLED = "learn_matrix", "learn_matrix_edited", "learn_matrix_seed"
LEARN_STEP = "step"
LEARN_EPOCHS, LEARN_SEED, LEARN_SHOWN = "learn_epochs", "learn_seed", "learn_epochs_shown"


def of_setting(name: str, place: str = SETTINGS) -> str:
    """Return the key of the widget of a setting.

    >>> of_setting("epochs"), of_setting("folds", COMPARE_CHOICES)
    ('setting_epochs', 'compare_choices_folds')
    """
    return f"setting_{name}" if place == SETTINGS else f"{place}_{name}"


def of_projection(method: str, setting: str) -> str:
    """Return the key of a setting of a projection.

    >>> of_projection("tsne", "perplexity")
    'tsne_perplexity'
    """
    return f"{method}_{setting}"


def of_reading(option: str, table: str) -> str:
    """Return the key of the widget of an option with which a table is read.

    >>> of_reading("encoding", "1f")
    'reading_encoding_1f'
    """
    return f"reading_{option}_{table}"

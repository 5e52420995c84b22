"""
Habits: what is known of Python and its libraries by name.

Knows names as they are usually spelled, and nothing of the project. Where a
name may mean more than one thing, the entry is on the side that makes more
count.
"""

from __future__ import annotations

import re

from capstone_build.analysis.file.unit import Flag


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


READERS = {
    **dict.fromkeys(
        _words(
            """
            __annotations__ __code__ __doc__ _getframe co_varnames currentframe f_locals
            get_annotations get_type_hints getdoc getfullargspec getmembers getmembers_static
            render_doc signature
            """
        ),
        Flag.TEXTS,
    ),
    **dict.fromkeys(
        _words(
            """
            co_firstlineno extract_stack extract_tb f_lineno findsource format_exc
            format_exception format_stack format_tb getcomments getsource getsourcelines tb_lineno
            """
        ),
        Flag.SOURCE,
    ),
    **dict.fromkeys(
        _words(
            """
            TracebackException __module__ co_filename co_qualname f_back f_code findCaller
            getabsfile getfile getmodule getsourcefile print_exc print_exception tb_frame
            walk_stack walk_tb whichmodule
            """
        ),
        Flag.PLACE,
    ),
    "__subclasses__": Flag.SUBCLASSES,
    "__globals__": Flag.NAMESPACE,
    "f_globals": Flag.NAMESPACE,
}
"""Attributes that show the program its own text, or more of itself than was named."""

OF_INTERPRETER = {
    "sys.path": Flag.PATH,
    "sys.modules": Flag.ANY_MODULE,
    "inspect.stack": Flag.TEXTS,
    **dict.fromkeys(("pydoc.HTMLDoc", "pydoc.TextDoc", "pydoc.help"), Flag.TEXTS),
    **dict.fromkeys(("pydoc.document", "pydoc.html", "pydoc.plaintext"), Flag.TEXTS),
}
"""The same, where only the module's name makes it plain."""

MUTATORS = _words(
    """
    __delitem__ __setattr__ __setitem__ add append appendleft clear discard extend extendleft
    insert insort pop popitem popleft register remove reverse setdefault sort update
    """
)
"""Methods that change the object that they are called on."""

PURE_METHODS = _words(
    """
    absolute as_posix astype capitalize casefold compile copy count critical cwd debug decode
    difference dot encode endswith error exception exists expanduser find findall format
    fromkeys fullmatch get getChild getLogger glob index info intersection is_dir is_file items
    iterdir join joinpath keys log lower lstrip match max mean min parse partition read
    read_bytes read_text relative_to replace resolve rglob rpartition rsplit rstrip search split
    splitlines startswith strip sub sum title translate union upper values warning with_name
    with_suffix zfill
    """
)
"""Methods that leave the object as it is, on whatever it is likely to be; a log is no result."""

DOING = re.compile(
    r"_?(add|append|basicconfig|chdir|config|connect$|disable|enable|exec|extend|filter$"
    r"|filterwarnings|heap|hook|init$|init_|insert|install|load_dotenv|option|patch"
    r"|push|put|regist|reload|seed|set(?!$)|shuffle|simplefilter|start|subscribe|textdomain|unset"
    r"|update|use$)",
    re.IGNORECASE,
)
"""How functions are called that are there for what they do."""

PLACED = _words(
    """
    Enum Flag IntEnum IntFlag NamedTuple NewType ParamSpec StrEnum TypeAliasType TypeVar
    TypeVarTuple TypedDict create_model declarative_base files getLogger make_class
    make_dataclass namedtuple new_class warn warn_explicit
    """
)
"""Functions of libraries that look at the module that calls them."""

PLACED_PACKAGES = _words("logging loguru structlog warnings")
"""Packages whose functions tell which module called them."""

ONLOOKERS = _words(
    """
    cProfile cloudpickle dill dis doctest gc inspect linecache marshal mock profile pydoc trace
    traceback tracemalloc unittest
    """
)
"""Packages that look into code, write it out, or reach into modules by their names."""

DOING_BUILTINS = _words("__import__ delattr eval exec input next setattr")
"""Builtins that are there for what they do."""

EVALUATORS = _words("eval execute from_formula glm logit ols query sql wls")
"""Methods of libraries that look words of their text up in the calling frame."""

IMPORTERS = _words(
    """
    __import__ find_spec import_module import_string load_module locate resolve_name run_module
    """
)
"""Functions that import the module that a string names."""

QUIET_BASES = _words(
    """
    attr attrs keras lightning marshmallow msgspec numpy pandas pandera polars pydantic
    pydantic_settings pytorch_lightning sklearn torch typing_extensions
    """
)
"""Packages whose classes keep no list, that others read, of the classes made from them."""

MAKERS = _words("NamedTuple TypedDict dataclass make_dataclass define register")
"""Functions that make something of the annotations of what they are given."""

STARTERS = _words("Popen call check_call check_output run run_path system")
"""Functions that start programs."""

CALLERS = _words(
    """
    dask duckdb geopandas joblib jax loky matplotlib more_itertools networkx numba numpy pandas
    plotly polars pyarrow ray requests scipy seaborn sklearn statsmodels tenacity toolz torch
    tqdm xarray
    """
)
"""Packages that call the functions they are given and read nothing of them."""

INERT = CALLERS | _words(
    """
    PIL attr attrs boto3 bs4 click httpx jinja2 lxml openai openpyxl orjson pandera pydantic
    pydantic_ai pytest rich sqlalchemy typer typing_extensions yaml
    """
)
"""Packages that change nothing for others by being imported."""

FOR_DEVELOPERS = re.compile(r"all|complete|dev|doc|lint|test|typ|bench|check|mypy|release|ci$")
"""Extras that nothing needs when it runs."""

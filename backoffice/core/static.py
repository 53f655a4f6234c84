"""Static files as production serves them: hashed names, compressed, and what the till loads in one file of each kind.

A file named in settings.STATIC_FLAT (static/js/till-screen.js, static/css/till-screen.css) imports others; the browser
of a developer follows its imports, and collectstatic writes all of them into it.
"""

import re
from pathlib import Path, PurePosixPath

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

CSS_IMPORT = re.compile(r'@import "([\w-]+\.css)";')
# import "./a.js";  import { b, c } from "./a.js";  await import("./a.js");
JS_IMPORT = re.compile(r'^import (?:\{ ([\w, ]+) \} from )?"\./([\w-]+\.js)";$', re.MULTILINE)
JS_LATER = re.compile(r'\bimport\("\./([\w-]+\.js)"\)')
JS_EXPORT = re.compile(r"^export (function|const) (\w+)", re.MULTILINE)


class FlatStorage(CompressedManifestStaticFilesStorage):
    def post_process(self, paths, dry_run=False, **options):
        made = {}
        for name in () if dry_run else settings.STATIC_FLAT:
            text = flat(name, lambda path: _read(paths[path]))
            Path(self.path(name)).write_text(text, encoding="utf-8")
            made[name] = (self, name)
        yield from super().post_process({**paths, **made}, dry_run, **options)


def _read(found) -> str:
    storage, path = found
    with storage.open(path) as file:
        return file.read().decode()


def flat(name: str, read) -> str:
    """The file with everything that it imports; read(path) gives the text of a file."""
    folder = PurePosixPath(name).parent
    if name.endswith(".css"):
        return CSS_IMPORT.sub(lambda found: read(str(folder / found[1])), read(name))
    return _flat_script(PurePosixPath(name).name, lambda path: read(str(folder / path)))


def _flat_script(entry: str, read) -> str:
    """Every module as a function that runs when it is first asked for; what it exports is what it returns."""
    modules: dict[str, str] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in modules:
            continue
        text = read(name)
        waiting += [found[2] for found in JS_IMPORT.finditer(text)] + JS_LATER.findall(text)
        exported = ", ".join(found[2] for found in JS_EXPORT.finditer(text))
        body = JS_EXPORT.sub(r"\1 \2", JS_LATER.sub(r'need("\1")', JS_IMPORT.sub(_asked, text)))
        kind = "async " if JS_LATER.search(text) else ""
        modules[name] = f'"{name}": {kind}() => {{\n{body}\nreturn {{ {exported} }};\n}}'
    parts = ",\n".join(modules.values())
    return (
        f"const modules = {{\n{parts}\n}};\nconst made = {{}};\n"
        f'function need(name) {{\n  made[name] ??= modules[name]();\n  return made[name];\n}}\nawait need("{entry}");\n'
    )


def _asked(found) -> str:
    return f'const {{ {found[1]} }} = need("{found[2]}");' if found[1] else f'need("{found[2]}");'

"""What is left out of the widget's modules on their way: nothing that means anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bot.web.assets import WIDGET
from bot.web.js_bundle import joined, tight

NODE = shutil.which("node")


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("const a = ( b , c ) => { d ( ) ; } ;\n", "const a=(b,c)=>{d()};"),
        ("if (a)\nb();\nelse c();\n", "if(a)\nb();else c();"),
        ("f(\n1,\n2,\n)\n.then(g);\nh();\n", "f(1,2,).then(g);h();"),
        ("class A {\nlog = new Log();\nmore = 1\nget b() {\nreturn [1];\n}\n}\nlet c\n",
         "class A{log=new Log();more=1\nget b(){return[1]}}\nlet c\n"),
        # Each letter of these counts.
        ("a = 'x , y' + \"{ ; }\" + `p ( ${ q } )\n  r ;}`;\n", "a='x , y' + \"{ ; }\" + `p ( ${ q } )\n  r ;}`;"),
        (r"a.split(/x ([^\s<>'/] ) ; }/) ; b = 'it\'s ; ' ;", r"a.split(/x ([^\s<>'/] ) ; }/);b='it\'s ; ';"),
        ("a = '`' ; b = 'c ; `' ;", "a='`';b='c ; `';"),
        # Divided, not a pattern; and signs that would become others.
        ("a = b / 2 + (c) / 3 ; d = '/' ;", "a=b / 2 +(c)/ 3;d='/';"),
        ("a = b + +c - -d ; e = f ? .5 : 1 ;", "a=b + +c - -d;e=f?.5:1;"),
        ("const { a = 1 } = b ?? {} ; return { ...c , [d] : !e } ;", "const{a=1}=b??{};return{...c,[d]:!e};")])
def test_what_is_left(source: str, left: str) -> None:
    """Spaces and line breaks go where they mean nothing; texts, templates and patterns stay as they are."""
    assert tight(source) == left
    assert tight(left) == left


@pytest.mark.parametrize("entrance", ["app.js", "loader.js"])
def test_it_is_still_javascript(entrance: str, tmp_path: Path) -> None:
    """As Node reads it."""
    if NODE is None:
        pytest.skip("there is no Node: apt-get install nodejs")
    module = tmp_path / "joined.mjs"
    module.write_text(joined(WIDGET / entrance), encoding="utf-8")
    subprocess.run([NODE, "--check", module], check=True)

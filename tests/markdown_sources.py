"""Strategies for Markdown sources."""

from hypothesis import strategies as st

WORDS = (
    "a b word Don't 1 12. x_y_z café cafe\u0301 שלום مرحبا 中文 日本語 ไทย 😀 👩\u200d👩\u200d👧 "
    "𝄞 \u00a0 \u200b \u2028 \x85 \ufeff \0 \x0b \x1c \x7f"
).split(" ")
MARKS = r"""* ** *** _ __ ~ ~~ ` `` ``` ~~~ [ ] ( ) ! ![ ]( ][ ]: [x] [^1] [^1]: [x]: # ## - + 1. 2) > | |- :-: || --- === *** \ < &
&amp; &lt; &nbsp; &#38; &#x1F600; &#0; &#10; &#13; &bogus; &copy \* \_ \` \[ \| \& \\ http://a.b "t" 't' {#id .c} : $ $$""".split()
SPACES = (" §  §   §    §\t§\n§\n\n§\r\n§\r\n\r\n§\r§\f§ \n§  \n§\\\n§\n> §\n- §\n  - §\n1. §\n    §\n\t").split("§")
# Each holds a construct; the first stand inside a paragraph, the others on lines of their own.
PHRASES = """*em*§**strong**§~~gone~~§`code`§`` a`b ``§` a  b `§[link](http://a.b "t")§[link][x]§![alt *x*](u)§<http://a.b?x&amp;y>§<me@a.b>§\
text[^1]§\n[^1]: note\n§\n[x]: /u 't'\n§\n# head #\n§\nhead\n===\n§\n```py\ncode\n\n  more\n```\n§\n    code\n\n    more\n§\
\n| a | b |\n|---|:-:|\n| c \\| d | `e\\|f` |\n§\n- [ ] to do\n- [x] done\n§\n***\n§---\ntitle: x\n---\n§\n---\nk: v\n---\n§\
\n- a\n\n  b\n- c\n§\n> a\nb\n> - c\n§1) x\n\n   y\n§a  \nb\\\nc§`  a\nb `§`a  \n\tb`§\n>\t\tcode\n""".split("§")

# HTML that a browser and the parser cut alike; the words before a tag keep it inside a paragraph.
INLINE_HTML = """x<b>y</b>z§x<br>y§x<br />\ny§x <span class="a>b">y</span> z§x<!-- no -->y§x<img src=a alt='no'>y§x<wbr>y§x<SUP>2</SUP>§\
x<my-tag>y</my-tag>§x <script>no *no*</script> y§x<style>p {}</style>y§x<a\nhref='u'>y</a>§x<iframe src=u>no</iframe>y§\
x<SCRIPT>no</SCRIPT>y§x<script>no<script>no</script>y""".split("§")
HTML_BLOCKS = """<p>one</p>§<p>one<br>two</p>§<p>one</p><p>two</p>§one <b>tw</b>o &amp; three &copy 4§<table><tr><td>a<td>b</table>§\
<!-- no\nno -->§<ul><li>a<li>b</ul>§a<article\nid='x < y'>b</article>§<script>no</script>x§<style>\nno\n</style>§x\ny§  x\n  y§\
a<custom>b</custom>§<br>§<h2>a</h2>b§<pre>a\n  b</pre>§<img alt='no'>§a<!---->b§<a title="'>'">q</a>§&#x41;&unknown;&nbsp;§\
שלום<i>😀</i>§<figure>x<figcaption>y</figcaption></figure>§x<iframe>no</iframe>y§\
a<!-->b§<a title="x < y > z">q</a>§a<titles>b</titles>""".split("§")

fragments = st.sampled_from(WORDS) | st.sampled_from(MARKS) | st.sampled_from(SPACES) | st.sampled_from(PHRASES)
# Pieces of Markdown in any order; almost nothing of it is well formed.
hostile = st.lists(fragments, max_size=16).map("".join)
with_html = st.lists(
    fragments | st.sampled_from([*INLINE_HTML, *HTML_BLOCKS, "<div>", "</div>", "<!--", "-->", "<a ", "<script>", '"']), max_size=16
).map("".join)
sources = hostile | with_html | st.text(max_size=40) | st.text("ab*_`[]()!<>&;#-+1.|~\\ \t\r\n\"'", max_size=40)


# ------------------------------------------------------------------------------------------------------ well formed

_line = st.lists(
    st.sampled_from(WORDS[:16])
    | st.sampled_from(PHRASES[:12])
    | st.sampled_from(INLINE_HTML)
    | st.sampled_from(["&amp;", "\\*", "1 < 2", "  \n", "\\\n", "\n"]),
    min_size=1,
    max_size=6,
).map(lambda words: "w " + " ".join(words) + " w")
_html = st.lists(st.sampled_from(HTML_BLOCKS), min_size=1, max_size=3).map(
    lambda parts: "<section>" + "\n".join(parts) + "</section>"
)
_fixed = st.sampled_from(
    """***§```py\na\n\n  b\n```§~~~\n~~~§    a\n\n      b§| a | b |\n|--|--|\n| `x\\|y` | *z* |\n| | 1 |§[x]: /u 't'§w [^1]""".split(
        "§"
    )
)
_leaf = _line | _line.map(lambda line: "## " + line.replace("\n", " ")) | _fixed | _html


def _joined(blocks: list[str]) -> str:
    return "\n\n".join(blocks)


def _inside(first: str, others: str, text: str) -> str:
    return "\n".join((others if i else first) + line if line or ">" in first else "" for i, line in enumerate(text.split("\n")))


def _holding(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3).map(_joined)
    tight = st.lists(inner.map(lambda text: _inside("- ", "  ", text)), min_size=1, max_size=3).map("\n".join)
    return (
        several.map(lambda text: _inside("> ", "> ", text))
        | several.map(lambda text: _inside("- ", "  ", text))
        | several.map(lambda text: _inside("1. ", "   ", text))
        | tight
    )


_block = st.recursive(_leaf, _holding, max_leaves=5)
_footnote = st.lists(_block, min_size=1, max_size=2).map(lambda blocks: _inside("[^1]: ", "    ", _joined(blocks)))
documents = st.lists(_block | _footnote, min_size=1, max_size=5).map(_joined)
line_ends = st.sampled_from(["\n", "\r\n", "\r"])

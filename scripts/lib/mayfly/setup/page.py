"""The local page: no script, no request to anywhere but this machine and, by the person's own click, GitHub."""

import html

from ..table import count

STYLE = """
:root{color-scheme:light dark;--ink:#1c2024;--soft:#5a6270;--paper:#fbfaf7;--card:#fff;--line:#8a909a;--accent:#0b5c8f;--on:#fff;--bad:#a3221a}
@media(prefers-color-scheme:dark){:root{--ink:#eceae4;--soft:#b3b8c0;--paper:#15181b;--card:#1e2226;--line:#7d848e;--accent:#7cc4f0;--on:#10202b;--bad:#ff9a90}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:42rem;margin:0 auto;padding:1.5rem 1rem 3rem}h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0 1rem}h2{font-size:1.15rem;margin:1.5rem 0 .5rem}
ol.way{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:0;list-style:none;color:var(--soft);font-size:.9rem}ol.way [aria-current]{color:var(--ink);font-weight:600}
fieldset{border:1px solid var(--line);border-radius:.5rem;margin:0 0 1rem;padding:.75rem 1rem;background:var(--card);min-width:0}legend{font-weight:600;padding:0 .35rem}
label{display:block;margin:.35rem 0}label small,.soft{color:var(--soft)}small{display:block;font-size:.9rem}
input[type=text]{width:100%;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:.35rem;padding:.5rem .6rem;margin-top:.2rem}
input[type=radio]{accent-color:var(--accent);width:1.1rem;height:1.1rem;vertical-align:-.15rem;margin:0 .5rem 0 0}
button,a.button{display:inline-block;font:inherit;font-weight:600;color:var(--on);background:var(--accent);border:0;border-radius:.35rem;padding:.65rem 1.1rem;cursor:pointer;text-decoration:none}
button.second{background:none;color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}a{color:var(--accent)}
dl{margin:0}dt{font-weight:600;margin-top:.75rem}dd{margin:0;color:var(--soft)}code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
.trouble{border-left:.3rem solid var(--bad);padding:.6rem 1rem;background:var(--card);margin:0 0 1rem}.trouble strong,.wrong{color:var(--bad)}.trouble ul{margin:.25rem 0 0;padding-left:1.25rem}.wrong{margin:.25rem 0;font-weight:600}
[aria-invalid]{border-color:var(--bad)!important}.row{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1rem}
"""
FIELDS = ("host", "owner", "organization", "scope", "name")
STEPS = ["What you want", "What the App may do", "At GitHub", "Done"]


def safe(text):
    return html.escape(str(text), quote=True)


END = "</body></html>"
# Of two that came one after the other, the second.
INSTEAD = "<style>main:has(~main){display:none}</style>"


def document(title, step, body):
    way = "".join(f"<li{' aria-current=step' if number == step else ''}>{number + 1}. {name}</li>" for number, name in enumerate(STEPS))
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
            f'<title>{safe(title)} · Mayfly</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>'
            f'<body><main><ol class="way" aria-label="Steps">{way}</ol><h1>{safe(title)}</h1>{body}</main>{END}')


def trouble(text):
    return f'<div class="trouble" role="alert"><strong>That did not work.</strong> {safe(text)}</div>' if text else ""


def button(base, path, text, second=False):
    kind = ' class="second"' if second else ""
    return f'<form method="post" action="{base}/{path}"><button{kind}>{text}</button></form>'


def radio(name, value, chosen, text, more):
    checked = " checked" if value == chosen else ""
    return f'<label><input type="radio" name="{name}" value="{value}"{checked} required>{text}<small>{more}</small></label>'


class Fields:
    """What was filled in, each with what is wrong about it. Without a script only the browser's own autofocus leads to the first."""

    def __init__(self, given, mistakes):
        self.given, self.mistakes = given, mistakes
        self.first = next((name for name in FIELDS if name in mistakes), None)

    def said(self, name):
        return f'<p class="wrong" id="{name}-wrong">{safe(self.mistakes[name])}</p>' if name in self.mistakes else ""

    def marks(self, name):
        return f' aria-invalid="true" aria-describedby="{name}-wrong"' if name in self.mistakes else ""

    def summary(self):
        if not self.mistakes:
            return ""
        items = "".join(f'<li><a href="#{name}">{safe(self.mistakes[name])}</a></li>' for name in FIELDS if name in self.mistakes)
        wrong = count(len(self.mistakes), "answer is wrong.", "answers are wrong.")
        return f'<div class="trouble" role="alert"><strong>{wrong}</strong><ul>{items}</ul></div>'

    def text(self, name, label, more, default="", attributes=""):
        focus = " autofocus" if name == self.first else ""
        return f"""<label for="{name}">{label}<small>{more}</small></label>
<input type="text" id="{name}" name="{name}" value="{safe(self.given.get(name, default))}"{attributes}{self.marks(name)}{focus} autocomplete="off" spellcheck="false">{self.said(name)}"""

    def choice(self, name, title, choices, default=None):
        chosen = self.given.get(name, default)
        buttons = "".join(radio(name, value, chosen, text, more) for value, text, more in choices)
        if name == self.first:
            at = ' value="' + (chosen if any(chosen == value for value, _, _ in choices) else choices[0][0]) + '"'
            buttons = buttons.replace(at, at + " autofocus")
        return f"""<legend id="{name}-title">{title}</legend>
<div role="radiogroup" id="{name}" aria-labelledby="{name}-title"{self.marks(name)}>{buttons}</div>{self.said(name)}"""


def form(base, given, problem, mistakes, flow):
    fields = Fields(given, mistakes)
    what = (f"This is App {flow.further} of the deployment. It registers runners and does nothing else: GitHub lets each App register 180 a minute."
            if flow.further else "The App tells Mayfly of queued jobs, and lets it register runners for them.")
    owners = (("person", "Mine", "for repositories of your own account"), ("organization", "An organization's", "you must be one of its owners, or a GitHub App manager"))
    scopes = (("repository", "At the repository of the job", "pools with the scope repository, the default"),
              ("organization", "At the organization", "pools with the scope organization; the runner group says who may use them"), ("both", "Both", "for pools of both kinds"))
    # Not checked by the browser, which tells of one mistake at a time.
    return document("Make the GitHub App", 0, f"""{trouble(problem)}{fields.summary()}
<p>{what} Its credentials go into <strong>{safe(flow.target)}</strong>.
They are shown nowhere.</p>
<form method="post" action="{base}/ask" novalidate>
<fieldset><legend>GitHub</legend>{fields.text('host', 'Host', 'github.com, or the name of your Enterprise Server', 'github.com', ' required')}</fieldset>
<fieldset>{fields.choice('owner', 'Whose App it shall be', owners)}
{fields.text('organization', 'Name of the organization', 'as in its address at GitHub; empty for an App of your own')}</fieldset>
<fieldset>{fields.choice('scope', 'Where runners are registered', scopes, 'repository')}</fieldset>
<fieldset><legend>Name of the App</legend>{fields.text('name', 'Name', 'no other App at this GitHub may have it', attributes=' maxlength="34" required')}</fieldset>
<button>Go on</button></form>""")


def permissions(base, flow, manifest):
    wish = flow.wish
    rows = "".join(f"<dt>{safe(text)}</dt><dd>{safe(why)}.</dd>" for _, _, text, why in wish.permissions)
    events = """<dt>No event and no webhook</dt><dd>the first App hears of jobs. No access to code.</dd>"""
    hook = "It is entered at once." if flow.hook else "GitHub wants an address from the start, so it gets a placeholder; make setup sets the real one after the deployment."
    if not flow.further:
        events = f"""<dt>Event: Workflow job</dt><dd>to hear of queued and completed jobs. No other event, and no access to code.</dd>
<dt>Webhook</dt><dd>the function's URL. {hook}</dd>"""
    return document("What the App may do", 1, f"""{trouble(flow.trouble)}
<dl>{rows}{events}</dl>
<p class="soft">It can be installed on {'your account' if wish.owner == 'person' else 'the organization'} alone. Next, GitHub asks you to confirm the name, and sends you back here.</p>
<div class="row"><form method="post" action="{safe(wish.action)}?state={safe(flow.state)}"><input type="hidden" name="manifest" value="{safe(manifest)}">
<button>Go on at GitHub</button></form>{button(base, 'again', 'Change something', True)}</div>
<h2>If GitHub does not send you back</h2>
<ul><li>404: you are signed in as somebody else, or may not make Apps for {safe(wish.organization or 'this account')}. An owner has to do this, or make you a <em>GitHub App manager</em>.</li>
<li>The name is taken: choose another one on GitHub's page.</li>
<li>You closed GitHub's page: press the button once more. Nothing was made.</li></ul>""")


def waiting(flow):
    app = flow.credentials
    return document("Confirm it at the terminal", 2, f"""<p role="status">GitHub has made the App <strong>{safe(app.name)}</strong> (id {safe(app.app_id)})
{f'of <strong>{safe(app.owner)}</strong>' if app.owner else ''}. Nothing is written yet: the program in the terminal asks whether its credentials shall go into
{safe(flow.target)}.</p><p class="soft">This page goes on by itself.</p>""")


def failed(base, flow, local):
    kept = flow.credentials is not None
    more = button(base, "retry", "Try again") if flow.code else ""
    if kept:
        more += button(base, "keep", "Keep them in a file instead", True)
        hint = f"<p>GitHub has made the App <strong>{safe(flow.credentials.name)}</strong>, and its credentials are in this program's memory, until it ends. The file would be <code>{safe(local)}</code>.</p>"
    else:
        hint = ""
        more += button(base, "again", "Begin again", bool(flow.code))
    return document("Not done yet", 2, f'{trouble(flow.trouble)}{hint}<div class="row">{more}</div>')


def done(flow):
    app = flow.credentials
    install = f"{app.page}/installations/new"
    what = "id and private key" if flow.further else "id, private key and webhook secret"
    where = "the same owners and repositories as the first App" if flow.further else "the repositories whose jobs Mayfly shall serve"
    return document("The App is made", 3, f"""{trouble(flow.warning)}
<p><strong>{safe(app.name)}</strong> (id {safe(app.app_id)}): {what} are in {safe(flow.target)}.</p>
<h2>What is next</h2><ol><li><a href="{safe(install)}" rel="noreferrer">Install it</a> on {where}.</li>
{''.join(f'<li>{step}</li>' for step in flow.next_steps)}</ol>
<p class="soft">You can close this page; the program in the terminal has ended.</p>""")


def refused(base, title, text):
    return document(title, 2, f'{trouble(text)}<div class="row">{button(base, "again", "Begin again")}</div>')

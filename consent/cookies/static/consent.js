/*! Apache-2.0 */
// consent.js asks visitors of one of the organisation's sites about optional cookies, and runs nothing optional without
// their leave. docs/consent-js.md says how a site uses it; consent/cookies/choice_cookie.py describes the cookie that it
// shares with the portal. portal/static_files.py makes it small: 4.5 kB gzip.
(() => {
  if (window.portalConsent) return;
  const page = document;
  const script = page.currentScript || page.querySelector("[src*='/consent.js']"); // a module is no current script
  const { site, language = page.documentElement.lang } = script.dataset;
  const api = new URL("../api/v1/cookies/", script.src).href;
  const signal = navigator.globalPrivacyControl === true;
  const frames = new Map();
  const secure = page.URL.startsWith("https:") ? "; Secure" : "";
  let config, words, categories, works, choice, allowed = [], withdrawn = [], section, opener, seen, left, running, due;
  let again, pause = 1e3, sheet, space, host, jar;

  // Google Consent Mode. Everything is denied before any tag can run; what holds follows once the register is here.
  function tag() {
    (window.dataLayer ||= []).push(arguments); // the tags want an arguments object, not an array
  }
  const signals = {};
  for (const name of ["ad_storage", "ad_user_data", "ad_personalization", "analytics_storage", "functionality_storage",
    "personalization_storage", "security_storage"]) {
    signals[name] = "denied";
  }
  tag("consent", "default", { ...signals, wait_for_update: 500 });

  // The cookie
  // 5 bits a character that people quote, 6 a character of what only machines read.
  const draw = (length, signs) => [...crypto.getRandomValues(new Uint8Array(length))].map(
    (byte) => "0123456789ABCDEFGHJKMNPQRSTVWXYZILOUabcdefghijklmnopqrstuvwxyz-_"[byte % signs]).join("");
  const credentials = () => ({ reference: draw(16, 32), secret: draw(22, 64) });

  const understand = (value) => {
    const found = value?.match(
      /^(?:([0-9A-Z]{16})\.([\w-]{22})\.(\d{1,9})\.(g?)\.([a-z0-9_+-]*)|refused\.(\d{1,9})\.(g?))(?:\.([\w-]{22}))?$/);
    return found && {
      reference: found[1], secret: found[2], version: +(found[3] || found[6]), signal: !!(found[4] || found[7]),
      allowed: found[5] ? found[5].split("+") : [], key: found[8],
    };
  };

  const read = () => {
    jar = page.cookie.split("; "); // asking the browser takes time, so once for all
    return jar.map((pair) => pair.split("=")).map(([name, value]) => name === config.cookie.name && understand(value))
      .find((one) => one);
  };

  // A cookie is deleted only by naming the path and the domain that it was set with, and no script can read them.
  const wipe = (name) => {
    let path = "";
    for (const part of location.pathname.split("/")) {
      for (const end of [path + part || "/", path += part + "/"])
        for (const domain of ["", ...location.hostname.split(".").map(
          (_, index, labels) => "; Domain=" + labels.slice(index).join("."))])
          for (const kind of ["", "; Partitioned"]) // the same name can be in both of the browser's jars
            page.cookie = `${name}=; Max-Age=0; Path=${end}${domain}${secure}${kind}`;
    }
  };

  const write = () => {
    // A withdrawal keeps its credentials until the portal has it; after that a refuser has no identifier.
    const named = choice.reference && (choice.key || choice.allowed[0]);
    const value = `${named ? choice.reference + "." + choice.secret : "refused"}.${choice.version}.` +
      (choice.signal ? "g" : "") + (named ? "." + choice.allowed.join("+") : "") + (choice.key ? "." + choice.key : "");
    const { name, domain, days } = config.cookie;
    if (read()) wipe(name); // one that the file once put on another domain would be read in place of the new one
    page.cookie = `${name}=${value}; Path=/; Max-Age=${days * 86400}; SameSite=Lax${secure}` +
      (domain ? "; Domain=" + domain : "");
    choice = understand(value); // also where the browser keeps no cookies: it then holds for this page
  };

  // The key stays in the cookie until the portal has answered, so that a save that failed is made again, here or on
  // the next page. `keepalive` lets it arrive although the page is left at once; no cookie goes with it.
  const send = async () => {
    const sent = choice;
    clearTimeout(again);
    if (!sent?.key) return;
    const { status } = await fetch(api + "choices", {
      method: "POST", keepalive: true,
      body: JSON.stringify({
        ...sent, site, path: location.pathname.slice(0, 200), language: config.language,
        choices: Object.fromEntries(sent.allowed.map((code) => [code, true])), // what is left out is a no
        allowed: undefined,
      }),
    }).catch(() => 0); // no network: as a server that is down
    if (choice.key !== sent.key || (read() || sent).key !== sent.key) return; // chosen anew meanwhile, here or in a tab
    if (status < 300) delete choice.key;
    else {
      again = setTimeout(() => {
        refresh(); // in another window it may have been changed, and saved, since
        send();
      }, pause = pause * 4 % 1e6); // which is never 0
      if (status !== 409) return; // written anew the choice would last anew, and for ever where saves never arrive
      Object.assign(choice, credentials());
    }
    write();
  };

  // What is allowed
  const holds = () => choice?.version >= config?.valid_since;
  const bySignal = (category) => signal && category.gpc;
  const unasked = (category) => category.default && !bySignal(category);
  const isOn = (category) => holds()
    ? choice.allowed.includes(category.code) && (choice.signal || !bySignal(category))
    : unasked(category) && (seen ||= section?.offsetHeight); // a banner that something hides has told nobody
  const codes = (list) => list.map(({ code }) => code).sort();
  const state = () => ({
    decided: holds(), allowed: [...allowed], withdrawn, reference: choice?.reference || null,
  });

  const apply = () => {
    const before = allowed;
    allowed = codes(categories.filter(isOn));
    withdrawn = before.filter((code) => !allowed.includes(code));
    // A signal that several categories set needs the leave of all of them.
    for (const on of [true, false])
      for (const category of categories)
        if (allowed.includes(category.code) === on)
          for (const name of category.signals) signals[name] = on ? "granted" : "denied";
    for (const name of config.signals) signals[name] = "granted";
    tag("consent", "update", { ...signals });
    if (jar[0] || withdrawn[0]) forget();
    page.dispatchEvent(new CustomEvent("portalconsent", { detail: state() }));
    scan();
  };

  const forget = () => {
    const fits = (name, on) => categories.some((category) => allowed.includes(category.code) === on &&
      category.cookies.some((one) => one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one));
    const gone = (name) => name !== config.cookie.name && fits(name, false) && !fits(name, true);
    jar.map((pair) => pair.split("=")[0]).filter(gone).forEach(wipe);
    if (withdrawn[0]) try { // opening the storage takes time, so not on every page
      for (const store of [localStorage, sessionStorage])
        for (const name of Object.keys(store).filter(gone)) store.removeItem(name);
    } catch {} // storage that is switched off holds nothing
  };

  // What was chosen in another window, or on another site under the same domain.
  const refresh = () => {
    const now = works && read();
    if (!now || JSON.stringify(now) === JSON.stringify(choice)) return;
    choice = now;
    if (holds()) close();
    apply();
  };

  const decide = (list) => {
    close();
    list.sort();
    choice = read() || choice; // who chose in another window meanwhile is the same browser
    if (!holds() || choice.allowed != `${list}` || choice.signal !== signal) { // lists, compared as text
      choice = {
        ...(choice?.reference ? choice : list[0] && credentials()),
        version: config.version, signal, allowed: list, key: draw(22, 64),
      };
      write();
      send();
    } else if (allowed == `${list}`) return;
    apply();
  };

  // What waits in the page
  const misspelt = new Set();
  const may = (element) => element.dataset.consent.split(" ").every((code) => {
    if (!misspelt.has(code) && !categories.some((one) => one.code === code))
      console.error("consent.js: no category", misspelt.add(code) && code);
    return allowed.includes(code);
  });

  const scan = () => {
    due = 0;
    if (section && host.parentNode) put(); // a page that replaced its root keeps it too; who took it out alone meant it
    frames.forEach((_, element) => element.isConnected || lift(element)); // a placeholder goes with its frame
    if (!page.querySelector("[data-consent]")) return; // as on most pages: what follows takes time
    running ||= run().finally(() => running = 0);
    page.querySelectorAll("iframe[data-consent]").forEach(frame);
  };

  // In order, once. The element itself is put back in its place: no copy, so nothing for Trusted Types to check.
  const run = async () => {
    for (let loaded, next; next = [...page.querySelectorAll("script[type='text/plain'][data-consent]")].find(may);) {
      if (loaded && !next.src) {
        await loaded;
        loaded = 0;
        continue;
      }
      next.type = next.dataset.type || "text/javascript";
      if (next.src && !next.matches("[async],[nomodule]")) {
        next.async = false;
        loaded = new Promise((done) => {
          for (const name of ["load", "error"]) next.addEventListener(name, done);
          setTimeout(done, 1e4); // some never tell: what came in by innerHTML, for one, is not run by any browser
        });
      }
      const place = new Comment();
      next.replaceWith(place);
      place.replaceWith(next);
    }
  };

  // A frame without its placeholder again, and as the page styled it.
  const lift = (element) => {
    const stand = frames.get(element);
    frames.delete(element);
    if (!stand) return;
    stand.remove();
    element.style.display = stand.was;
  };

  const frame = (element) => {
    const { src, consent } = element.dataset, link = make("a", { href: src }), stand = frames.get(element);
    if (!src || !/^http/.test(link.protocol)) return; // no javascript: that came in as data
    const on = may(element), focus = page.activeElement === stand;
    if (on ? stand === 0 : stand && element.previousSibling === stand) return;
    lift(element);
    if (on) {
      element.src = link.href;
      frames.set(element, 0);
      if (focus) element.focus();
    } else {
      if (stand === 0) element.src = "";
      const look = getComputedStyle(element), { offsetWidth, offsetHeight } = element;
      const asked = categories.filter(({ code }) => consent.split(" ").includes(code)), title = titles(asked);
      const place = shell();
      place.shadowRoot.append(make("figure", { lang: config.language, dir: "auto" },
        make("p", {}, fill(words.blocked, { host: link.host, title: title || consent })),
        title && button(fill(words.load, { title }),
          () => decide(codes(categories.filter((one) => allowed.includes(one.code) || asked.includes(one)))))));
      Object.assign(place.style, {
        display: look.display.replace(/^inline$/, "inline-block"),
        position: look.position, inset: look.inset, marginBlock: look.marginBlock, float: look.float,
        // Within something that is hidden for now it has no size yet, only the one that is written.
        width: offsetWidth ? offsetWidth + "px" : look.width, height: offsetWidth ? offsetHeight + "px" : look.height,
      });
      place.was = element.style.display;
      element.before(place);
      element.style.display = "none";
      frames.set(element, place);
    }
  };

  // The banner
  const style = () => {
    space = new CSSStyleSheet();
    page.adoptedStyleSheets.push(space);
    sheet = new CSSStyleSheet();
    sheet.replaceSync(`
:host{display:contents;overflow:auto;max-width:100%}
section,figure{all:initial;box-sizing:border-box;display:block;overflow:auto;overflow-wrap:anywhere;hyphens:auto;padding:1em;border:1px solid;color-scheme:var(--consent-scheme,light dark);background:var(--consent-paper,Canvas);color:var(--consent-ink,CanvasText);font:medium/1.5 var(--consent-font,system-ui,sans-serif)}
section{position:fixed;inset:auto 0 0;z-index:2147483647;max-height:max(60vh,min(12em,80vh));padding:1em max(1em,50vw - 30em) 0;scroll-padding-bottom:6em;border-width:1px 0 0}
figure{min-height:100%}
h2{margin:0;font-size:1.25em;font-weight:600}
p{margin:.5em 0;max-width:65ch}
footer{display:grid;grid:auto/auto-flow 1fr;gap:.5em;padding:.5em 0;position:sticky;bottom:0;background:inherit}
button{min-height:2.75em;padding:.25em;border:1px solid;border-radius:.5em;background:none;color:inherit;font:inherit;font-weight:600;cursor:pointer}
label{display:flex;gap:.5em;margin:1em 0 -.5em;font-weight:600;cursor:pointer}
input{flex:none;width:1.25em;height:1.25em;margin:2px 0;accent-color:currentColor}
a{color:inherit}
:focus-visible{outline:3px solid;outline-offset:2px}
@media print{section,button{display:none}}`);
  };
  // Room to scroll the page's own foot, and whatever has the focus, out from under the banner.
  const room = new ResizeObserver(([{ target }]) => {
    const height = target.offsetHeight;
    space.replaceSync(height ? `@media screen{html{scroll-padding-bottom:${height}px}html::after{content:"";display:block;height:${height}px}}` : "");
  });

  const make = (name, properties, ...children) => {
    const element = Object.assign(page.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const fill = (said, values) => said.replace(/{(\w+)}/g, (_, name) => values[name]);
  const titles = (list) => list.map(({ title }) => title).join(", ");
  const button = (said, onclick) => make("button", { onclick }, said);
  const shell = () => {
    if (!sheet) style();
    const element = make("portal-consent");
    element.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    return element;
  };
  // Beside the body: a page that replaces its body keeps its banner, and the keyboard comes to it first.
  const put = () => host.isConnected || page.documentElement?.insertBefore(host, page.body);
  const show = (settings) => {
    host ||= shell();
    const boxes = settings ? categories.map((category) => [category, make("input", {
      type: "checkbox", checked: holds() ? isOn(category) : unasked(category),
    })]) : [];
    const off = categories.filter((category) => bySignal(category) && !isOn(category));
    const title = make("h2", { tabIndex: -1 }, words.title);
    section = make("section", { lang: config.language, dir: "auto", ariaLabel: words.title }, title,
      make("p", {}, words.ask),
      titles(off) && make("p", {}, fill(words.gpc, { titles: titles(off) })),
      ...boxes.flatMap(([category, box], index) => {
        box.setAttribute("aria-describedby", index);
        return [make("label", {}, box, category.title),
          make("p", { id: index }, category.sentence, " ", category.note)];
      }),
      make("footer", {}, button(words.none, () => decide([])),
        settings ? button(words.save, () => decide(codes(boxes.filter(([, box]) => box.checked).map(([one]) => one))))
          : button(words.choose, () => show(true)),
        // “All” without anything left to allow would be a refusal.
        categories[off.length]
          ? button(words.all, () => decide(codes(categories.filter((category) => !off.includes(category))))) : ""),
      make("p", {}, make("a", { href: config.register }, words.register)),
      settings && choice?.reference
        ? make("p", {}, fill(words.reference, { reference: choice.reference.match(/.{4}/g).join("-") })) : "");
    host.shadowRoot.replaceChildren(section);
    put();
    room.disconnect();
    room.observe(section);
    if (settings) title.focus();
  };

  const close = () => {
    const inside = page.activeElement === host;
    host?.remove();
    if (inside) opener?.focus();
    opener = section = 0;
  };

  const asks = () => !holds() && !categories.every(bySignal);
  const soon = (step) => requestAnimationFrame(() => setTimeout(step));
  const greet = () => {
    if (!asks() || left || section) return;
    show();
    const shown = section;
    // Styled now, laid out after that, painted a frame later: all at once are a long task on a slow phone.
    shown.style.visibility = "hidden";
    getComputedStyle(shown).color; // reading it has it styled
    setTimeout(() => {
      shown.offsetHeight;
      soon(() => {
        shown.style.visibility = "";
        if (categories.some(unasked)) apply(); // what the banner has now told of
      });
    });
  };
  const open = () => {
    if (!categories?.[0]) return works && (location = config.register);
    opener ||= page.activeElement;
    show(true);
  };

  addEventListener("click", (event) => {
    const pressed = event.target.closest?.("[data-consent-open]");
    if (!pressed || pressed.href && !works) return; // a link then leads where it leads
    event.preventDefault();
    opener = pressed;
    ready.then(open);
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !section ||
      ![host, page.body].includes(page.activeElement)) return; // the page's own Escape
    const settings = section.querySelector("input");
    if (settings && asks() && !left && !opener) {
      show();
      section.querySelectorAll("button")[1].focus();
    } else {
      left = 1;
      close();
    }
  });
  addEventListener("visibilitychange", refresh); // a page out of the back/forward cache, or prerendered, gets it too
  addEventListener("focus", refresh);

  const ready = new Promise((done) => {
    const ask = new XMLHttpRequest(); // tells a preloaded answer at once, where fetch tells it after the first paint
    ask.open("GET", `${api}config?site=${site}${language ? "&language=" + language : ""}`);
    ask.responseType = "json";
    ask.onloadend = () => {
      done(); // heard when all this is over, and also where it breaks off
      config = ask.response;
      if (config?.cookie) {
        ({ words, categories } = config);
        choice = read();
        works = 1;
        // In a frame of its own, after the page's first: drawing both at once keeps a slow phone busy for too long.
        soon(greet);
        apply();
        if (choice) send();
        new MutationObserver(() => due ||= requestAnimationFrame(scan)).observe(page, { childList: true, subtree: true });
      } else console.error("consent.js: nothing optional runs:", ask.status,
        ask.response?.detail || "no answer for " + location.origin); // none either where the portal has not this origin
    };
    ask.send();
  });

  window.portalConsent = {
    get: state,
    onChange(listener) {
      const heard = (event) => listener(event.detail);
      page.addEventListener("portalconsent", heard);
      if (works) listener(state());
      return () => page.removeEventListener("portalconsent", heard);
    },
    ready,
    open: () => ready.then(open),
    withdraw: () => ready.then(() => works && decide([])),
  };
})();

// The site's behaviour: light or dark, the drawer of pages, the mark of the current page, and search. All of it is optional:
// without scripts the pages and their links work.
"use strict";
(() => {
  const root = document.documentElement;
  const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const store = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private windows keep nothing */ } };
  if (stored("theme")) root.dataset.theme = stored("theme");

  // Results, best first: the name itself, its beginning, a part of it, then words of guides.
  const score = (entry, words) => {
    const title = entry[0].toLowerCase(), last = title.split("::").pop(), text = entry[3].toLowerCase();
    let sum = 0;
    for (const word of words) {
      if (last === word || title === word) sum += 100;
      else if (last.startsWith(word)) sum += 50;
      else if (last.includes(word)) sum += 25;
      else if (title.includes(word)) sum += 8;
      else if (text.includes(word)) sum += 10;
      else return 0;
    }
    if (entry[1] === "Changelog") sum -= 9 * words.length;  // it names everything, and explains nothing
    const kinds = {page: 14, class: 12, struct: 10, function: 6, file: -4};
    return sum + (sum > 20 * words.length ? kinds[entry[1]] ?? 4 : 0) - Math.min(title.length, 60) / 20;
  };
  const find = (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    return window.searchIndex.map((entry) => [score(entry, words), entry]).filter(([points]) => points > 0)
        .sort((a, b) => b[0] - a[0]).slice(0, 30).map(([, entry]) => entry);
  };
  const part = (entry, query) => {
    const word = query.toLowerCase().split(/\s+/)[0], at = entry[3].toLowerCase().indexOf(word);
    if (!entry[3] || at < 0) return "";
    return (at > 30 ? "... " : "") + entry[3].slice(Math.max(0, at - 30), at + 70) + " ...";
  };

  const searching = (input, list, folder) => {
    let asked = null, chosen = -1;
    const load = () => asked ??= new Promise((done) => {
      const script = document.createElement("script");
      script.src = folder + "search-index.js";
      script.onload = done;
      document.head.append(script);
    });
    const choose = (next) => {
      const links = [...list.querySelectorAll("a")];
      if (!links.length) return;
      links[chosen]?.classList.remove("chosen");
      chosen = (next + links.length) % links.length;
      links[chosen].classList.add("chosen");
      links[chosen].scrollIntoView({block: "nearest"});
    };
    const show = async () => {
      await load();
      const query = input.value.trim(), found = find(query);
      chosen = -1;
      list.hidden = !query;
      list.replaceChildren(...found.map((entry) => {
        const item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("small");
        link.href = folder + entry[2];
        link.textContent = entry[0];
        small.textContent = [entry[1], part(entry, query)].filter(Boolean).join(": ");
        link.append(small);
        item.append(link);
        return item;
      }));
      if (!found.length) list.innerHTML = "<li><p>Nothing found.</p></li>";
    };
    input.addEventListener("focus", load);
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen - 1);
      else if (event.key === "Enter") (list.querySelectorAll("a")[Math.max(chosen, 0)])?.click();
      else if (event.key === "Escape") list.hidden = true;
      else return;
      event.preventDefault();
    });
    document.addEventListener("click", (event) => { if (!event.target.closest(".search")) list.hidden = true; });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/input|textarea/i.test(document.activeElement.tagName)) {
        event.preventDefault();
        input.focus();
      }
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    const menu = document.getElementById("menu-button"), navigation = document.getElementById("navigation");
    const open = (now) => {
      document.body.classList.toggle("menu-open", now);
      menu.setAttribute("aria-expanded", now);
    };
    menu.addEventListener("click", () => open(!document.body.classList.contains("menu-open")));
    document.getElementById("content").addEventListener("click", () => open(false));

    document.getElementById("theme-button").addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      store("theme", root.dataset.theme);
    });

    const here = location.pathname.split("/").pop() || "index.html";
    for (const link of navigation.querySelectorAll("a")) {
      if (link.getAttribute("href").split("/").pop() !== here) continue;
      link.setAttribute("aria-current", "page");
      navigation.scrollTop = link.offsetTop - navigation.clientHeight / 2;
      break;
    }
    // Blocks that scroll can be reached by keyboard.
    for (const block of document.querySelectorAll(".fragment, .markdownTable, .memproto, .fieldtable")) {
      if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
    }
    searching(document.getElementById("search"), document.getElementById("search-results"),
              document.getElementById("content").dataset.root);
  });
})();

/** Opens pages in a headless Chromium, and tells what they asked for and complained of. */
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { tools } from "./terraform";

/** As `describe`, for tests that need a browser. */
export const describeWithBrowser: jest.Describe = tools.chromium ? describe : describe.skip;

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Its profile is new and empty, and goes with it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: tools.chromium, args: ARGS, timeout: 60_000 });
}

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly colorScheme: "light" | "dark";
}

/** A page with what it did. */
export interface OpenPage {
  readonly page: Page;
  /** Messages of its console, and errors. */
  readonly messages: readonly string[];
  readonly requests: readonly string[];
}

export async function openPage(browser: Browser, file: string, { width, colorScheme }: Look): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const messages: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(`file://${file}`);
  return { page, messages, requests };
}

/** The cells of each row of a table, as one sees them; of its head first. */
export function tableOf(page: Page, caption: string): Promise<string[][]> {
  return page.evaluate((name) => {
    const { document } = globalThis as any;
    const [table] = [...document.querySelectorAll("table")].filter((one) => one.caption?.textContent.trim() === name);
    if (!table) throw new Error(`no table ${name}`);
    return [...table.rows].map((row: any) =>
      [...row.cells].map((cell: any) => cell.textContent.trim().replace(/\s+/g, " ")),
    );
  }, caption);
}

/**
 * Goes through a page with the Tab key, and opens what is closed by Enter.
 *
 * @returns what could not be reached, or showed no focus
 */
export async function missedByKeyboard(page: Page): Promise<string[]> {
  for (;;) {
    await page.keyboard.press("Tab");
    const kind = await page.evaluate(() => {
      const { document, getComputedStyle } = globalThis as any;
      const element = document.activeElement;
      if (element === document.body || element.dataset.reached) return "end";
      element.dataset.reached = getComputedStyle(element).outlineStyle === "none" ? "unseen" : "seen";
      return element.tagName === "SUMMARY" && !element.parentElement.open ? "closed" : "other";
    });
    if (kind === "end") break;
    if (kind === "closed") await page.keyboard.press("Enter");
  }
  return page.evaluate(() => {
    const { document } = globalThis as any;
    const all = [...document.querySelectorAll("summary, a[href], .scroll, details:not([open])")];
    return all.filter((one) => one.dataset.reached !== "seen").map((one) => one.outerHTML.slice(0, 200));
  });
}

/** Texts that contrast with what is behind them by less than 4.5 (https://www.w3.org/TR/WCAG22/#contrast-minimum). */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { document, getComputedStyle, NodeFilter } = globalThis as any;
    const numbers = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string) => {
      const [r, g, b] = numbers(color).map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const behind = (element: any): string => {
      const { backgroundColor } = getComputedStyle(element);
      const isClear = numbers(backgroundColor)[3] === 0;
      return isClear && element.parentElement ? behind(element.parentElement) : backgroundColor;
    };
    const faint: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { parentElement: element, data } = texts.currentNode;
      if (data.trim() === "" || element.closest("title")) continue;
      const { color, fill } = getComputedStyle(element);
      const [one, other] = [luminance(element.tagName === "text" ? fill : color), luminance(behind(element))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (contrast < 4.5) faint.push(`${data.trim().slice(0, 40)}: ${contrast.toFixed(2)}`);
    }
    return faint;
  });
}

/** What a reader who does not see the page would miss: heads without scope, tables and pictures without a name. */
export function unnamed(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { document } = globalThis as any;
    const all = [...document.querySelectorAll("th:not([scope]), table:not(:has(caption)), svg:not([aria-hidden])")];
    return all
      .filter((one) => one.tagName !== "svg" || !one.closest("[role=img]")?.getAttribute("aria-label"))
      .map((one) => one.outerHTML.slice(0, 200));
  });
}

import type { Dashboard, Section } from '../document/dashboard.js';
import type { GridPlace, Panel, ScopedValue } from '../document/panel.js';
import type { VariableOption } from './variable.js';

/** The chosen options of a variable (all of them where `All` is chosen); undefined: there is no such variable. */
export type ChosenOptions = (name: string) => readonly VariableOption[] | undefined;

const maxRepeats = 100;

/** Sections as they stand on the page: rows and panels once per chosen value of the variable they repeat for, without overlaps. */
export function laidOut({ sections }: Pick<Dashboard, 'sections'>, chosen: ChosenOptions): readonly Section[] {
  return sections.flatMap(section => {
    const values = section.row === undefined || section.row.repeat === '' ? undefined : chosen(section.row.repeat);
    if (section.row === undefined || values === undefined)
      return [{ ...section, panels: placed(section.panels.flatMap(panel => repeated(panel, chosen))) }];
    const { row } = section;
    return values.slice(0, maxRepeats).map((value, at): Section => {
      const scoped = new Map([[row.repeat, value]]);
      const own = section.panels.map(panel => scopedPanel(panel, scoped, at === 0 ? '' : `-${at}`));
      return {
        row: { ...row, key: at === 0 ? row.key : `${row.key}-${at}`, title: withValue(row.title, row.repeat, value) },
        panels: placed(own.flatMap(panel => repeated(panel, name => (name === row.repeat ? [value] : chosen(name))))),
      };
    });
  });
}

/** A title with one variable put in; the others follow later. */
function withValue(title: string, name: string, { text }: VariableOption): string {
  return title.replaceAll(new RegExp(`\\$${name}\\b|\\$\\{${name}(?::[^}]*)?\\}|\\[\\[${name}\\]\\]`, 'g'), () => text);
}

function scopedPanel(panel: Panel, more: ReadonlyMap<string, ScopedValue>, suffix: string): Panel {
  return { ...panel, key: `${panel.key}${suffix}`, scoped: new Map([...panel.scoped, ...more]) };
}

function repeated(panel: Panel, chosen: ChosenOptions): readonly Panel[] {
  const values = panel.repeat === '' ? undefined : chosen(panel.repeat)?.slice(0, maxRepeats);
  if (values === undefined || values.length === 0) return [panel];
  const perRow = Math.min(values.length, panel.maxPerRow);
  const w = panel.repeatDirection === 'v' ? panel.place.w : Math.max(1, Math.floor(24 / perRow));
  return values.map((value, at) => {
    const place =
      panel.repeatDirection === 'v'
        ? { ...panel.place, y: panel.place.y + at * panel.place.h }
        : { ...panel.place, x: (at % perRow) * w, w, y: panel.place.y + Math.floor(at / perRow) * panel.place.h };
    return { ...scopedPanel(panel, new Map([[panel.repeat, value]]), at === 0 ? '' : `-r${at}`), place };
  });
}

/** As Grafana does: each panel moves up until it meets another; where two would overlap, the later one goes below. */
function placed(panels: readonly Panel[]): readonly Panel[] {
  const floor = Array.from({ length: 24 }, () => 0);
  return panels
    .toSorted((a, b) => a.place.y - b.place.y || a.place.x - b.place.x)
    .map(panel => {
      const { x, w, h } = panel.place;
      const y = Math.max(...floor.slice(x, x + w));
      floor.fill(y + h, x, x + w);
      const place: GridPlace = { x, y, w, h };
      return { ...panel, place };
    });
}

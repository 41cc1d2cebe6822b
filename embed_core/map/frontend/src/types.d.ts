/* The shapes of what goes from module to module. What Python sends is described in payload.py and view.py. */

export type Scale = "sequential" | "diverging" | "rows";
export type PartName = "names" | "facts" | "places" | "tints";
export type Kind = "png" | "svg";

/** The small part of the map that changes often, beside its parts of bytes. */
export interface MapData {
  slot: string;
  parts: Record<PartName, string>;
  colorings: Choice[];
  colored: string;
  sizings: Choice[];
  sized: string;
  fade_title: string;
  title: string;
  axes: string[];
  /** Which way something grows, the longest first, and where the arrows begin in the data's plane. */
  arrows: Arrow[];
  arrows_from: [number, number];
  revision: string;
  frame: number;
  selected: number | null;
  neighbors: Neighbor[];
  false_neighbors: number[];
  /** Where replicates put the selected category, in the data's plane. */
  cloud: [number, number][];
  group: number[];
  isolated: boolean;
  description: string;
  moving: boolean;
  /** In pixels; 0 fills the window. */
  height: number;
  /** Pixels at the left over which something stands while a category is selected. */
  covered: number;
  /** Where the paper is too narrow for that: the share of the window's height over which something stands at its end. */
  covered_below: number;
  /** Words below the title of a saved picture. */
  notes: string[];
  heard: Record<"select" | "area" | "color" | "size", number>;
  areas: boolean;
  /** Whether the page wants to hear that the person has moved the map. */
  moves: boolean;
  plotly: string;
}

export interface Choice {
  name: string;
  label: string;
  title: string;
  scale: Scale;
  waits: boolean;
}

/** What heads the bytes of a part: lists of text, and which arrays follow. Each part has some of it. */
export interface PartHeader {
  arrays: [name: string, kind: string, length: number][];
  labels?: string[];
  details?: string[];
  nearest_each?: number;
  origin?: number[];
  frames?: { numbers: number[]; values: string[]; name: string; low: number[]; step: number };
  groups?: Record<string, string[]>;
  regions?: string[];
}

export interface Part {
  slot: string;
  hash: string;
  content: PartHeader;
  bytes: Uint8Array;
  start: number;
}

export type Values = Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

export interface ReadPart {
  header: PartHeader;
  arrays: Record<string, Values>;
}

export type Neighbor = [index: number, distance: number];

export interface Names {
  n: number;
  order: number[];
  rank: Int32Array;
  labels: string[];
  support: number[];
  weight: number[];
}

export interface Facts {
  details?: string[];
  nearest?: Neighbor[][];
  stability?: number[];
}

export interface Places {
  x: Float64Array;
  y: Float64Array;
  z: Float64Array | null;
  frames: Frames | null;
}

export interface Frames {
  numbers: number[];
  values: string[];
  name: string;
  last: number;
  value(k: number, i: number, axis: number): number;
  x(k: number): Float64Array;
  y(k: number): Float64Array;
}

export interface Groups {
  names: string[];
  code: number[];
}

export interface Tint {
  color?: (number | null)[];
  groups?: Groups;
}

export interface Tints {
  tints: Record<string, Tint>;
  sizes: Record<string, (number | null)[]>;
  regions: Groups | null;
  fade: number[] | null;
}

export interface Points extends Names, Facts, Tints {
  places: Places;
  selected: number;
  neighbors: Neighbor[];
  falseNeighbors: number[];
  cloud: [number, number][];
  group: number[];
}

export interface Spot {
  x: number;
  y: number;
}

export interface Box {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

/** The data's place in the middle of the paper, and how much of it a pixel is. */
export interface View extends Spot {
  unit: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Theme {
  dark: boolean;
  paper: string;
  ink: string;
  accent: string;
  font: string;
  missing: string;
  others: string;
  scale: string[];
  diverging: string[];
  groups: string[];
}

/** What the ends of a colour scale stand for. */
export interface Domain {
  low: number;
  high: number;
  below: boolean;
  above: boolean;
  missing: boolean;
}

export interface NameStyle {
  text: string;
  font: string;
  size: number;
  role: string;
  away: boolean;
}

/** A name on the map: how it looks, and where it begins, as seen from its point. */
export interface Label extends NameStyle {
  side: number;
  dx: number;
  dy: number;
  width: number;
  height: number;
}

export interface Camera {
  turn: number;
  tilt: number;
  distance: number;
}

export type Hides = (i: number) => boolean;
export type Project = (x: number, y: number, z: number) => [x: number, y: number, distance: number];

export interface Arrow {
  text: string;
  /** To the right and up, of length 1. */
  direction: [number, number];
  /** Of the longest that there can be. */
  length: number;
}

/** An arrow on the paper; without a box there is no room for its name. */
export interface PlacedArrow {
  text: string;
  from: Spot;
  tip: Spot;
  box: Box | null;
}

/** The name of a cluster, in the middle of its members. */
export interface RegionLabel extends Spot {
  text: string;
  box: Box;
  away: boolean;
}

/** What the host of a component gives it, as Streamlit does. */
export interface Host<Data> {
  parentElement: HTMLElement;
  data: Data;
  setTriggerValue(name: string, value: object): void;
}

export interface Plotly {
  react(plot: HTMLElement, traces: object[], layout: object, config: object): Promise<unknown>;
  relayout(plot: HTMLElement, change: object): Promise<unknown>;
  purge(plot: HTMLElement): void;
}

/** What a gesture means to whoever is drawn. */
export interface GestureActs {
  pan(dx: number, dy: number): void;
  zoom(factor: number, x: number, y: number): void;
  fit(): void;
  hover(x: number, y: number, touch: boolean): void;
  leave(): void;
  click(x: number, y: number, touch: boolean): void;
  rest(): void;
  areaShape(shift: boolean): "lasso" | "box" | null;
  drawArea(path: Spot[] | null): void;
  takeArea(path: Spot[]): void;
}

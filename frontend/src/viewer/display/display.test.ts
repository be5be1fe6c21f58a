import { describe, expect, it } from 'vitest';

import { defaultView, displayOf, greyByTable, sigmoidTable, tableLine, trimmed } from './display';
import type { DicomJson } from '../images/metadata';

const described = {
  labelhub_display: {
    views: [
      { name: 'Auto', center: 2048, width: 4096, function: 'LINEAR' },
      { name: 'File LUT', center: 101, width: 3, function: 'LUT', first: 100, greys: btoa('\x00\x80\xff') },
    ],
    frames: [1, 0],
  },
} as unknown as DicomJson;

describe('the display of an instance', () => {
  it('gives each frame its own default, and all the same one where there is one', () => {
    const display = displayOf(described);
    expect([1, 2].map((frame) => defaultView(display, frame)?.name)).toEqual(['File LUT', 'Auto']);
    const one = { ...display, frames: [0] };
    expect([1, 2, 9].map((frame) => defaultView(one, frame)?.name)).toEqual(['Auto', 'Auto', 'Auto']);
  });

  it('has the window of the header where the server gave none, and nothing for colour', () => {
    const old = { '00281050': { vr: 'DS', Value: [40, 60] }, '00281051': { vr: 'DS', Value: [400, 80] } };
    expect(defaultView(displayOf(old), 1)).toMatchObject({ center: 40, width: 400, function: 'LINEAR' });
    const sigmoid = { ...old, '00281056': { vr: 'CS', Value: ['SIGMOID'] } };
    expect(defaultView(displayOf(sigmoid), 1)).toMatchObject({ center: 40, width: 400, function: 'SIGMOID' });
    expect(defaultView(displayOf({}), 1)).toBeNull();
  });
});

describe('a table of greys', () => {
  const table = displayOf(described).views[1].table!;

  it('takes the nearest entry outside its range', () => {
    expect([-5, 99, 100, 101, 102, 999].map((value) => greyByTable(value, table))).toEqual([0, 0, 0, 128, 255, 255]);
  });

  it('is a line on which every whole value has its own grey', () => {
    const greys = Uint8Array.from({ length: 300 }, (_, place) => (place * 37) % 251);
    const line = tableLine({ first: -20, greys });
    const at = (value: number) => {
      const after = line.findIndex((corner) => corner.value >= value);
      const [from, to] = [line[Math.max(after - 1, 0)], line[after]];
      const share = to.value === from.value ? 0 : (value - from.value) / (to.value - from.value);
      return from.grey + share * (to.grey - from.grey);
    };
    greys.forEach((grey, place) => expect(at(place - 20)).toBeCloseTo(grey));
    expect(line.every((corner, place) => place === 0 || corner.value > line[place - 1].value)).toBe(true);
  });

  it('needs no places for what its ends repeat', () => {
    const greys = Uint8Array.from({ length: 65_536 }, (_, place) => Math.min(Math.max(place - 1000, 0), 255));
    const wide = { first: -20, greys };
    const narrow = trimmed(wide);
    expect([narrow.first, narrow.greys.length]).toEqual([980, 256]);
    for (const value of [-99, -20, 979, 980, 981, 1100, 1235, 1236, 65_600]) {
      expect(greyByTable(value, narrow)).toBe(greyByTable(value, wide));
    }
    expect(trimmed({ first: 7, greys: new Uint8Array(9) }).greys.length).toBe(1);
  });

  it('stands in for a sigmoid within half a grey', () => {
    const table = sigmoidTable(600, 200);
    for (let value = 0; value < 1200; value += 7) {
      const exact = 255 / (1 + Math.exp((-4 * (value - 600)) / 200));
      expect(Math.abs(greyByTable(value, table) - exact)).toBeLessThan(0.6);
    }
  });
});

/** Build of the browser application. Cornerstone3D needs the shims and the worker format given here. */
import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Decoder glue that ships as CommonJS: the development server must pre-bundle it, the build need not. */
const commonJsDecoders = [
  'dicom-parser',
  '@cornerstonejs/codec-charls/decodewasmjs',
  '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
  '@cornerstonejs/codec-openjpeg/decodewasmjs',
  '@cornerstonejs/codec-openjph/wasmjs',
  '@cornerstonejs/codec-libjxl/decodewasmjs',
  '@cornerstonejs/jpeg-lossless-decoder-js',
];

export default defineConfig(({ command }) => ({
  base: command === 'build' ? '/static/' : '/',
  plugins: [react()],
  resolve: {
    // vtk.js reaches xmlbuilder2, which extends Node's EventEmitter and resolves URLs as Node does. Without these
    // the build succeeds and the page stays blank ("Class extends value undefined").
    alias: {
      events: 'events/',
      url: here('./src/shims/url.ts'),
      fs: here('./src/shims/empty.ts'),
      path: here('./src/shims/empty.ts'),
    },
  },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['@cornerstonejs/dicom-image-loader'], include: commonJsDecoders },
  build: {
    outDir: 'dist',
    chunkSizeWarningLimit: 6000,
    rollupOptions: { input: { index: here('./index.html'), minimal: here('./bench/minimal.html') } },
  },
  server: {
    strictPort: true,
    // The host stays the browser's own: Django compares it with the origin before it takes a write.
    proxy: { '/api': { target: `http://127.0.0.1:${process.env.PORT ?? '8000'}`, changeOrigin: false } },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'scripts/*.test.mjs'],
    sequence: { shuffle: true },
  },
}));

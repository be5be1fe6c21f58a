/** Lint rules, among them the import order: lib, api, components, hooks < viewer < features < app. */
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const FEATURES = [
  'administration',
  'adjudication',
  'cases',
  'home',
  'imports',
  'learning',
  'members',
  'newProject',
  'projectSettings',
  'projects',
  'reading',
  'rounds',
  'schema',
  'session',
  'worklist',
];

const noFeatureImportsAnother = FEATURES.map((name) => ({
  target: `./src/features/${name}`,
  from: './src/features',
  except: [`./${name}`],
  message: 'Features do not import each other; share through components, hooks, lib or api.',
}));

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
  ...tseslint.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}', 'bench/**/*.ts'],
    plugins: { 'import-x': importX, 'react-hooks': reactHooks },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            { target: './src/lib', from: './src', except: ['./lib'] },
            { target: './src/api', from: './src', except: ['./api', './lib'] },
            { target: './src/hooks', from: './src', except: ['./hooks', './lib', './api'] },
            { target: './src/components', from: './src', except: ['./components', './lib', './hooks'] },
            { target: './src/viewer', from: ['./src/features', './src/app'] },
            { target: './src/features', from: './src/app' },
            ...noFeatureImportsAnother,
          ],
        },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@cornerstonejs/*'], message: 'Only src/viewer imports Cornerstone3D.' }] },
      ],
    },
  },
  { files: ['src/viewer/**', 'bench/**'], rules: { 'no-restricted-imports': 'off' } },
);

/**
 * Prints, as JSON, each call of the API in the front end with the pages that it is made from. `docs/actions.md` is made
 * of it, by `.ci/actions.py`: nobody keeps that table by hand.
 *
 * A page reaches a call if its route names a declaration that names another ... that makes the call: so two pages that
 * share a file are told apart. Words that are put into an address are read off their types: an address typed as
 * `string` is refused, for nobody could say which operation it is.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const CLIENT = 'api/client.ts';
const ROUTER = 'app/router.tsx';
const API_ROOT = '/api/v1';
const ASKS = new Set(['request', 'requestBlob']);
const EVERY_PAGE = 'every page';
/** Of what is on every page, these parts are told apart, by the names of their components. */
const PARTS = { JobTray: 'tray of jobs', SignInPage: 'sign-in' };
/** What an address holds where the code puts in a value. */
const VALUE = '{}';

export function readCalls(folder) {
  const root = path.resolve(folder);
  const files = ts.sys
    .readDirectory(root, ['.ts', '.tsx'])
    .filter((file) => !/\.test\.tsx?$|\.d\.ts$|\/testing\//.test(file));
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  });
  const reader = new Reader(program.getTypeChecker(), root);
  for (const file of files) reader.read(program.getSourceFile(file));
  return reader.calls();
}

class Reader {
  /** By declaration: the declarations that it names, and the calls that it makes. */
  names = new Map();
  made = new Map();
  /** By page: the nodes of its route. */
  pages = new Map();

  constructor(checker, root) {
    this.checker = checker;
    this.root = root;
  }

  read(source) {
    const file = path.relative(this.root, source.fileName);
    if (file === CLIENT) return;
    if (file === ROUTER) this.routes(source);
    for (const statement of source.statements) {
      for (const owner of ownersOf(statement)) {
        this.names.set(owner, this.named(owner));
        this.made.set(owner, this.callsIn(owner, file));
      }
    }
  }

  calls() {
    const pages = new Map();
    const walk = (page, from) => {
      const seen = new Set();
      const waiting = [...from];
      while (waiting.length > 0) {
        const owner = waiting.pop();
        if (seen.has(owner) || (page === EVERY_PAGE && partOf(owner))) continue;
        seen.add(owner);
        for (const call of this.made.get(owner) ?? []) pages.set(call, (pages.get(call) ?? new Set()).add(page));
        waiting.push(...(this.names.get(owner) ?? []));
      }
    };
    for (const [page, from] of this.pages) walk(page, from);
    for (const owner of this.names.keys()) if (partOf(owner)) walk(partOf(owner), [owner]);
    return [...this.made.values()].flat().map((call) => ({ ...call, pages: [...(pages.get(call) ?? [])].sort() }));
  }

  pageOf(name) {
    return this.pages.get(name) ?? new Set();
  }

  /** Each object with a `path` and what it names is a page; what frames the pages is a part of every page. */
  routes(source) {
    const visit = (node) => {
      const address = ts.isObjectLiteralExpression(node) && propertyOf(node, 'path');
      if (address) this.pages.set(address.text, this.named(node));
      else if (ts.isImportDeclaration(node)) return;
      else if (ts.isIdentifier(node)) this.pages.set(EVERY_PAGE, new Set([...this.pageOf(EVERY_PAGE), ...this.declarationsOf(node)]));
      else ts.forEachChild(node, visit);
    };
    visit(source);
  }

  /** The declarations at the top of some file that the node names, but for types. */
  named(node) {
    const found = new Set();
    const visit = (part) => {
      if (ts.isTypeNode(part) || ts.isImportDeclaration(part)) return;
      if (ts.isIdentifier(part)) for (const one of this.declarationsOf(part)) found.add(one);
      ts.forEachChild(part, visit);
    };
    ts.forEachChild(node, visit);
    return found;
  }

  declarationsOf(identifier) {
    let symbol = this.checker.getSymbolAtLocation(identifier);
    if (ts.isShorthandPropertyAssignment(identifier.parent)) {
      symbol = this.checker.getShorthandAssignmentValueSymbol(identifier.parent);
    }
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = this.checker.getAliasedSymbol(symbol);
    return (symbol?.declarations ?? []).map(ownerOf).filter((owner) => owner && this.isOurs(owner));
  }

  isOurs(node) {
    const { fileName } = node.getSourceFile();
    return fileName.startsWith(this.root + path.sep) && ![ROUTER, CLIENT].includes(path.relative(this.root, fileName));
  }

  callsIn(owner, file) {
    const calls = [];
    const visit = (node) => {
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && ASKS.has(node.expression.text)) {
        const [method, address] = node.arguments;
        for (const one of this.spelled(address)) calls.push({ method: this.spelled(method)[0], path: one, file });
        node.arguments.slice(2).forEach(visit);
      } else if (isText(node) && !ts.isTypeNode(node.parent) && this.spelled(node).some(isOfApi)) {
        // An address that is handed on, to a link or to another client: its method is not said here.
        const text = this.spelled(node);
        for (const one of text.filter(isOfApi)) calls.push({ method: '*', path: one.slice(API_ROOT.length), file });
      } else ts.forEachChild(node, visit);
    };
    visit(owner);
    return calls;
  }

  /** All that the expression may say, with VALUE for what is not known before it runs. */
  spelled(node) {
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return this.spelled(node.expression);
    if (ts.isConditionalExpression(node)) return [...this.spelled(node.whenTrue), ...this.spelled(node.whenFalse)];
    if (ts.isStringLiteralLike(node)) return [node.text];
    if (ts.isTemplateExpression(node)) {
      const spans = node.templateSpans.map((span) => [this.spelled(span.expression), span.literal.text]);
      return joined(node.head.text, spans);
    }
    return spelledType(this.checker.getTypeAtLocation(node));
  }
}

function spelledType(type) {
  if (type.isUnion() && type.types.every(isSpelled)) return type.types.flatMap(spelledType);
  if (type.isStringLiteral()) return [type.value];
  if (type.flags & ts.TypeFlags.TemplateLiteral) {
    const spans = type.types.map((inner, at) => [spelledType(inner), type.texts[at + 1]]);
    return joined(type.texts[0], spans);
  }
  return [VALUE];
}

function isSpelled(type) {
  return type.isStringLiteral() || (type.flags & ts.TypeFlags.TemplateLiteral) !== 0;
}

function joined(head, spans) {
  return spans.reduce(
    (begun, [words, text]) => begun.flatMap((one) => words.map((word) => one + word + text)),
    [head],
  );
}

function isText(node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function isOfApi(text) {
  return text.startsWith(`${API_ROOT}/`);
}

function propertyOf(object, name) {
  const property = object.properties.find((one) => ts.isPropertyAssignment(one) && one.name.getText() === name);
  return property && ts.isStringLiteral(property.initializer) ? property.initializer : undefined;
}

/** The variables of a statement are told apart; any other statement is one declaration. */
function ownersOf(statement) {
  return ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : [statement];
}

function ownerOf(node) {
  for (let at = node; at?.parent; at = at.parent) {
    if (ts.isSourceFile(at.parent)) return at;
    if (ts.isVariableDeclaration(at) && ts.isSourceFile(at.parent.parent.parent)) return at;
  }
  return undefined;
}

function partOf(owner) {
  return PARTS[owner.name?.text];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(readCalls(process.argv[2])));

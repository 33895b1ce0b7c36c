// Writes down what each page's template gets, from the types in src/http/view-models.ts: views/contract.json for the
// product, docs/view-models.md for people who write templates.
//   node scripts/view-contract.mjs           writes both
//   node scripts/view-contract.mjs --check   fails when they are not fresh
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import prettier from 'prettier';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '..');
const viewModels = path.join(root, 'src/http/view-models.ts');
const version = Number(
  /VIEW_CONTRACT_VERSION = (\d+)/.exec(readFileSync(path.join(root, 'src/http/view-contract.ts'), 'utf8'))[1],
);

const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram([viewModels], { ...options, noEmit: true, skipLibCheck: true });
const checker = program.getTypeChecker();
const source = program.getSourceFile(viewModels);
const views = source.statements.find(
  (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === 'Views',
);

const pages = Object.fromEntries(
  fieldsOf(checker.getTypeAtLocation(views))
    .map(([name, field]) => [name, { doc: field.doc, fields: field.type.fields ?? {} }])
    .sort(([one], [other]) => (one < other ? -1 : 1)),
);

const contract = await prettier.format(JSON.stringify({ version, pages: pruned(pages) }), { parser: 'json' });
const reference = await prettier.format(describe(), { parser: 'markdown', printWidth: 120 });

let stale = false;
for (const [file, text] of [
  ['views/contract.json', contract],
  ['docs/view-models.md', reference],
]) {
  const target = path.join(root, file);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readIfThere(target) !== text) {
    console.error(`${file} is not fresh. Run: node scripts/view-contract.mjs`);
    stale = true;
  }
}
process.exit(stale ? 1 : 0);

/** The members of an object type, with their types and the words that stand above them. */
function fieldsOf(type) {
  return type.getProperties().map((property) => {
    const declaration = property.valueDeclaration ?? property.declarations[0];
    const declared = checker.getTypeOfSymbolAtLocation(property, declaration);
    const optional =
      (property.flags & ts.SymbolFlags.Optional) !== 0 ||
      (declared.isUnion() && declared.types.some((one) => one.flags & ts.TypeFlags.Undefined));
    const own = ts.displayPartsToString(property.getDocumentationComment(checker));
    const ofType =
      declared.symbol && ts.displayPartsToString(declared.symbol.getDocumentationComment(checker));
    const doc = (own || (declared.isUnion() ? '' : ofType) || '').replace(/\s+/g, ' ').trim();
    return [property.name, { type: typeOf(checker.getNonNullableType(declared)), optional, doc }];
  });
}

function typeOf(type) {
  const { flags } = type;
  if (flags & ts.TypeFlags.StringLiteral) return { kind: 'choice', values: [type.value] };
  if (flags & ts.TypeFlags.StringLike) return { kind: 'text' };
  if (flags & ts.TypeFlags.NumberLike) return { kind: 'number' };
  if (flags & ts.TypeFlags.BooleanLike) return { kind: 'flag' };
  if (type.isUnion()) {
    const members = type.types.filter((one) => !(one.flags & ts.TypeFlags.Undefined));
    if (members.every((one) => one.flags & ts.TypeFlags.StringLiteral)) {
      return { kind: 'choice', values: members.map((one) => one.value).sort() };
    }
    if (members.every((one) => one.flags & ts.TypeFlags.BooleanLike)) return { kind: 'flag' };
    return { kind: 'either', of: members.map(typeOf) };
  }
  const item = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  if (item && checker.isArrayLikeType(type)) return { kind: 'list', of: typeOf(item) };
  const value = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  if (value) return { kind: 'map', of: typeOf(value) };
  if (type.isClassOrInterface?.() || flags & ts.TypeFlags.Object || type.isIntersection()) {
    return { kind: 'object', fields: Object.fromEntries(fieldsOf(type)) };
  }
  throw new Error(`A view model has a type that templates cannot get: ${checker.typeToString(type)}`);
}

/** The contract as the product reads it: without the words. */
function pruned(value) {
  if (Array.isArray(value)) return value.map(pruned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, content]) => !(key === 'doc' && typeof content === 'string') && content !== false)
      .map(([key, content]) => [key, pruned(content)]),
  );
}

function describe() {
  const lines = [
    '# View models',
    '',
    `What each template gets as \`model\`: the view contract, version ${version}. This page is made from the types in`,
    '`src/http/view-models.ts` by `node scripts/view-contract.mjs`; how to use it is said in [theming](theming.md).',
    '',
  ];
  for (const [name, { doc, fields }] of Object.entries(pages)) {
    lines.push(`## \`${name}\``, '');
    if (doc) lines.push(doc, '');
    const rows = rowsOf(fields, '');
    if (rows.length === 0) lines.push('Gets nothing.', '');
    else lines.push(...rows, '');
  }
  return lines.join('\n');
}

function rowsOf(fields, prefix) {
  return Object.entries(fields).flatMap(([name, { type, optional, doc }]) => [
    `- \`${prefix}${name}\`: ${nameOf(type)}${optional ? ', or absent' : ''}${doc ? `. ${doc}` : ''}`,
    ...below(type, `${prefix}${name}`),
  ]);
}

function below(type, prefix) {
  if (type.kind === 'object') return rowsOf(type.fields, `${prefix}.`);
  if (type.kind === 'list' || type.kind === 'map') return below(type.of, `${prefix}[…]`);
  if (type.kind === 'either') return type.of.flatMap((one) => below(one, prefix));
  return [];
}

function nameOf(type) {
  switch (type.kind) {
    case 'choice':
      return type.values.map((value) => `\`${value}\``).join(', ');
    case 'list':
      return type.of.kind === 'object' ? 'list' : `list of ${nameOf(type.of)}`;
    case 'map':
      return 'mapping of names';
    case 'either':
      return 'one of several objects';
    default:
      return type.kind;
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

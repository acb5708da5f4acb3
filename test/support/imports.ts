import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import ts from 'typescript'

/** One `import`, `export ... from`, `import()` or `import('...').Type` of a file. */
export interface Import {
  readonly target: string
  /** It vanishes when the file is compiled. */
  readonly typeOnly: boolean
}

const isTypeOnlyImport = (clause: ts.ImportClause | undefined): boolean => {
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const bindings = clause.namedBindings
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.length > 0 &&
    bindings.elements.every((element) => element.isTypeOnly)
  )
}

/** The specifiers that a TypeScript text imports, as written. */
export const importsOf = (text: string): readonly Import[] => {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) found.push({ target: specifier.text, typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnlyImport(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest))
  return found
}

/** Paths relative to `root`, with forward slashes, of the TypeScript files below a folder. */
export const sourceFiles = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()

/** Every file below the folders with the files of the project that it imports. */
export const importGraph = (root: string, folders: readonly string[]): ReadonlyMap<string, readonly Import[]> =>
  new Map(
    folders
      .flatMap((folder) => sourceFiles(root, folder))
      .map((file) => [
        file,
        importsOf(readFileSync(join(root, file), 'utf8'))
          .filter(({ target }) => target.startsWith('.'))
          .map(({ target, typeOnly }) => ({
            target: normalize(join(dirname(file), target))
              .split(sep)
              .join('/'),
            typeOnly
          }))
      ])
  )

/** The first cycle of a directed graph, its start repeated at the end; undefined where there is none. */
export const findCycle = (graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined => {
  const done = new Set<string>()
  const path: string[] = []
  const walk = (node: string): readonly string[] | undefined => {
    const start = path.indexOf(node)
    if (start >= 0) return [...path.slice(start), node]
    if (done.has(node)) return undefined
    path.push(node)
    for (const next of graph.get(node) ?? []) {
      const cycle = walk(next)
      if (cycle !== undefined) return cycle
    }
    path.pop()
    done.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const cycle = walk(node)
    if (cycle !== undefined) return cycle
  }
  return undefined
}

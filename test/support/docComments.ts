/** What the source says of the exports of a namespace: doc comments, parameters, and options with theirs. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

export interface DocComment {
  /** Paragraphs and lists above the first tag, in markdown. */
  readonly text: string
  /** What stands behind each tag, one line a tag. */
  readonly tags: Readonly<Record<string, readonly string[]>>
}

/** One option of a record of options. */
export interface Option {
  readonly name: string
  readonly isRequired: boolean
  readonly text: string
}

export interface Parameter {
  readonly name: string
  /** It takes all arguments that are left. */
  readonly isRest?: boolean
  /** Its default, as written. */
  readonly usual?: string
  /** What the record may hold, where it is a record of options. */
  readonly options?: readonly Option[]
}

export interface Documented {
  readonly name: string
  /** Path relative to the root of the project. */
  readonly file: string
  readonly comment: DocComment
  /** Of each call in turn: two lists where a function returns a function. None of what is no function. */
  readonly calls: readonly (readonly Parameter[])[]
}

/** Reads a doc comment, its stars with it. */
export const readComment = (comment: string): DocComment => {
  const lines = comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
  const first = lines.findIndex((line) => line.startsWith('@'))
  const [above, below] = first === -1 ? [lines, []] : [lines.slice(0, first), lines.slice(first)]
  const tags: Record<string, string[]> = {}
  let open: string[] = []
  for (const line of below) {
    const [, tag, text] = /^@(\w+) ?(.*)$/.exec(line) ?? []
    if (tag !== undefined) {
      open = tags[tag] ??= []
      open.push(text!)
    } else open[open.length - 1] = `${open.at(-1)!} ${line}`.trim()
  }
  const text = above.join('\n').trim()
  return { text: text.replaceAll(/(?<!\n)\n(?!\n|- )/g, ' ').replaceAll(/ {2,}/g, ' '), tags }
}

const commentOf = (node: ts.Node): DocComment => readComment(ts.getJSDocCommentsAndTags(node)[0]?.getText() ?? '')

const named = <T extends ts.Node>(nodes: readonly T[], name: string, nameOf: (node: T) => ts.Node | undefined) =>
  nodes.find((node) => nameOf(node)?.getText() === name)

/** Reads the source of a project, each file once. */
export const readSource = (root: string) => {
  const files = new Map<string, ts.SourceFile>()
  const parse = (file: string): ts.SourceFile => {
    const known = files.get(file)
    if (known !== undefined) return known
    const parsed = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true)
    files.set(file, parsed)
    return parsed
  }
  const beside = (file: string, specifier: ts.Expression): string =>
    join(dirname(file), (specifier as ts.StringLiteral).text)

  /** The file that declares a type, and its own name for it. */
  const interfaceOf = (file: string, name: string): readonly [string, ts.InterfaceDeclaration] | undefined => {
    const { statements } = parse(file)
    const own = named(statements.filter(ts.isInterfaceDeclaration), name, (node) => node.name)
    if (own !== undefined) return [file, own]
    for (const statement of statements.filter(ts.isImportDeclaration)) {
      const bindings = statement.importClause?.namedBindings
      const isHere = bindings && ts.isNamedImports(bindings) && named(bindings.elements, name, (node) => node.name)
      if (isHere) return interfaceOf(beside(file, statement.moduleSpecifier), name)
    }
    return undefined
  }

  const optionsOf = (file: string, type: string): readonly Option[] | undefined => {
    const found = interfaceOf(file, type)
    if (found === undefined) return undefined
    const [at, { heritageClauses = [], members }] = found
    const inherited = heritageClauses.flatMap(({ types }) =>
      types.flatMap(({ expression }) => optionsOf(at, expression.getText()) ?? [])
    )
    const own = members.filter(ts.isPropertySignature).map((member) => ({
      name: member.name.getText(),
      isRequired: member.questionToken === undefined,
      text: commentOf(member).text
    }))
    return [...own, ...inherited.filter(({ name }) => own.every((one) => one.name !== name))]
  }

  /** Options of a record that is called so, some of them left out perhaps. */
  const optionsIn = (file: string, type: string): readonly Option[] | undefined => {
    const [, whole = type, omitted = ''] = /^Omit<(\w+), (.*)>$/.exec(type) ?? []
    return whole.endsWith('Options')
      ? optionsOf(file, whole)?.filter(({ name }) => !omitted.includes(`'${name}'`))
      : undefined
  }

  const parametersOf = (file: string, f: ts.ArrowFunction): readonly Parameter[] =>
    f.parameters
      .filter(({ name }) => name.getText() !== 'more')
      .map(({ name, type, initializer, dotDotDotToken }) => {
        const options = type && optionsIn(file, type.getText())
        return {
          name: name.getText(),
          ...(dotDotDotToken && { isRest: true }),
          ...(initializer && { usual: initializer.getText() }),
          ...(options && { options })
        }
      })

  const callsOf = (file: string, f: ts.Node | undefined): readonly (readonly Parameter[])[] =>
    f !== undefined && ts.isArrowFunction(f) ? [parametersOf(file, f), ...callsOf(file, f.body)] : []

  const declared = (file: string, own: string, name = own): Documented | undefined => {
    const statement = parse(file)
      .statements.filter(ts.isVariableStatement)
      .find(({ declarationList }) => declarationList.declarations.some((one) => one.name.getText() === own))
    if (statement === undefined) return undefined
    const { initializer } = named([...statement.declarationList.declarations], own, (node) => node.name)!
    return { name, file, comment: commentOf(statement), calls: callsOf(file, initializer) }
  }

  /** All constants and functions that a file exports, from others or of its own. */
  const exportsOf = (file: string): readonly Documented[] =>
    parse(file).statements.flatMap((statement) => {
      if (ts.isVariableStatement(statement))
        return statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
          ? statement.declarationList.declarations.map((one) => declared(file, one.name.getText())!)
          : []
      if (!ts.isExportDeclaration(statement) || statement.isTypeOnly || statement.moduleSpecifier === undefined)
        return []
      const from = beside(file, statement.moduleSpecifier)
      const { exportClause } = statement
      if (exportClause === undefined) return exportsOf(from)
      return ts.isNamedExports(exportClause)
        ? exportClause.elements.flatMap(
            ({ propertyName, name }) => declared(from, (propertyName ?? name).getText(), name.getText()) ?? []
          )
        : []
    })
  return exportsOf
}

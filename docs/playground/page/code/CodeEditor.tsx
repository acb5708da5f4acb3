import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Diagnostic } from '@codemirror/lint'
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'preact/hooks'
import type { IssueText } from '../../worker/messages.ts'
import type { Place } from './place.ts'
import { placeOf } from './place.ts'

export interface CodeEditorProps {
  readonly value: string
  readonly problems: readonly IssueText[]
  readonly onChange: (value: string) => void
}

/** The place of an issue: where the transpiler stopped, the line that threw, or what its path is about. */
const placeIn = (state: EditorState, { path, text, line }: IssueText): Place => {
  const told = /\((\d+):(\d+)\)/.exec(text)
  const number = told === null ? line : Number(told[1])
  if (number === undefined) return placeOf(state.doc.toString(), path)
  const { from, to } = state.doc.line(Math.max(1, Math.min(number, state.doc.lines)))
  return { from: Math.min(from + (told === null ? 0 : Number(told[2]) - 1), to), to }
}

/** An editor of code, with the library's issues at their places. */
export const CodeEditor = ({ value, problems, onChange }: CodeEditorProps) => {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | undefined>(undefined)
  useEffect(() => {
    if (place.current === null) return
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          history(),
          bracketMatching(),
          javascript({ typescript: true }),
          syntaxHighlighting(defaultHighlightStyle),
          lintGutter(),
          keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': 'The game as code' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) onChange(update.state.doc.toString())
          })
        ]
      })
    })
    view.current = made
    return () => made.destroy()
  }, [])
  const told = problems.map(({ text }) => text).join('\n')
  useEffect(() => {
    const made = view.current
    if (made === undefined) return
    const diagnostics = problems
      .map((problem): Diagnostic => ({ ...placeIn(made.state, problem), message: problem.text, severity: 'error' }))
      .sort((a, b) => a.from - b.from)
    const [first] = diagnostics
    made.dispatch(
      setDiagnostics(made.state, diagnostics),
      ...(first === undefined ? [] : [{ effects: EditorView.scrollIntoView(first.from, { y: 'center' }) }])
    )
  }, [told])
  return <div ref={place} class="editor" />
}

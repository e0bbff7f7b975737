import type { ComponentChildren } from 'preact';

interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** The head is for screen readers alone. */
  readonly isQuiet?: boolean;
}

interface TableOptions<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** A table that is a list of cards on a narrow screen. The roles say what it is, whatever it looks like. */
export function Table<Row>({ label, columns, rows, keyOf }: TableOptions<Row>) {
  return (
    <table class="table" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ head, isQuiet }) => (
            <th key={head} role="columnheader" scope="col">
              <span class={isQuiet ? 'for-readers' : undefined}>{head}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map(({ head, cell, isQuiet }) => (
              <td key={head} role="cell" data-head={isQuiet ? '' : head}>
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

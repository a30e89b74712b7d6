/// The rows of a query in text form, for people: recipes, the demo, the command line.
public struct TextTable: Equatable, Sendable {
    public let columns: [String]
    /// One array a row, as long as `columns`; nil is NULL.
    public let rows: [[String?]]

    /// The first value of the first row.
    public var scalar: String? { rows.first?.first ?? nil }

    /// A value by its row and its column's name; nil for NULL and for what is not there.
    public subscript(row: Int, column: String) -> String? {
        guard rows.indices.contains(row), let index = columns.firstIndex(of: column) else { return nil }
        return rows[row][index]
    }

    init(_ result: borrowing QueryResult) {
        var columns: [String] = []
        for column in 0..<result.columnCount {
            columns.append(result.columnName(column))
        }
        var rows: [[String?]] = []
        for row in 0..<result.rowCount {
            var values: [String?] = []
            for column in 0..<result.columnCount {
                values.append(result.text(row: row, column: column))
            }
            rows.append(values)
        }
        self.columns = columns
        self.rows = rows
    }
}

extension TextTable: CustomStringConvertible {
    /// Aligned columns under their names; NULL is left blank.
    public var description: String {
        var widths = columns.map(\.count)
        for row in rows {
            for (column, value) in row.enumerated() {
                widths[column] = max(widths[column], value?.count ?? 0)
            }
        }
        var lines = [line(columns, widths), widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")]
        for row in rows {
            lines.append(line(row.map { $0 ?? "" }, widths))
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ values: [String], _ widths: [Int]) -> String {
        var text = ""
        for (value, width) in zip(values, widths) {
            text += value + String(repeating: " ", count: width - value.count + 2)
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}

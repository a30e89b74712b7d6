import Foundation

extension LabelledAlert {
    /// Reads a CSV file with a header and at least the columns `candid`, `group`, `label`, `source`, `epoch`, `n_det_g`,
    /// `n_det_r`; no field is quoted.
    public static func read(path: String, classes: [String]) throws(TrainingError) -> [LabelledAlert] {
        func fault(_ reason: String) -> TrainingError { .data(path: path, reason: reason) }
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw fault(error.localizedDescription)
        }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard let header = lines.first else { throw fault("it is empty") }
        var columns: [Int] = []
        for name in ["candid", "group", "label", "source", "epoch", "n_det_g", "n_det_r"] {
            guard let column = header.firstIndex(of: name[...]) else { throw fault("it has no column \(name)") }
            columns.append(column)
        }
        var alerts: [LabelledAlert] = []
        for (index, line) in lines.enumerated().dropFirst() {
            guard line.count == header.count else { throw fault("line \(index + 1) has \(line.count) fields") }
            let fields = columns.map { String(line[$0]) }
            guard let candid = Int64(fields[0]), let epoch = Int(fields[4]), let inG = Int(fields[5]), let inR = Int(fields[6])
            else { throw fault("line \(index + 1): a number is missing") }
            guard let label = classes.firstIndex(of: fields[2]) else {
                throw fault("line \(index + 1): the label \(fields[2]) is not a class of the model")
            }
            alerts.append(
                LabelledAlert(
                    candid: candid, group: fields[1], label: label, source: fields[3], epoch: epoch, detectionsG: inG,
                    detectionsR: inR))
        }
        return alerts
    }
}

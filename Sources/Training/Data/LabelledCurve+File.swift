import Alerts
import AvroCoding

extension LabelledCurve {
    /// Reads an Avro container file of one record an object: `object_id`, `group`, `source`, `label` and `observations`
    /// with `mjd` (days), `band`, `flux` and `flux_err` (AB zero point 27.5) and `detected`.
    ///
    /// What is no detection, or has no flux, is left out. A label that is not one of `classes` is an error.
    public static func read(path: String, classes: [String]) throws(TrainingError) -> [LabelledCurve] {
        var curves: [LabelledCurve] = []
        for record in try records(path) {
            func text(_ field: String) throws(TrainingError) -> String {
                guard let text = record[field]?.text else {
                    throw .data(path: path, reason: "record \(curves.count) has no text \(field)")
                }
                return text
            }
            let name = try text("label")
            guard let label = classes.firstIndex(of: name) else {
                throw .data(path: path, reason: "record \(curves.count): the label \(name) is not a class of the model")
            }
            guard let observations = record["observations"]?.items else {
                throw .data(path: path, reason: "record \(curves.count) has no array observations")
            }
            curves.append(
                LabelledCurve(
                    objectId: try text("object_id"), group: try text("group"), source: try text("source"), label: label,
                    detections: observations.compactMap(Observation.init)))
        }
        return curves
    }

    private static func records(_ path: String) throws(TrainingError) -> [AvroValue] {
        do {
            let file = try ValueFile(path: path)
            var records: [AvroValue] = []
            while let block = try file.nextBlock() { records += block }
            return records
        } catch {
            throw .data(path: path, reason: "\(error)")
        }
    }
}

extension LabelledCurve.Observation {
    /// A detection; nil for what is none, or lacks a finite time, flux or error, or a known band.
    init?(_ value: AvroValue) {
        guard value["detected"]?.isTrue == true, let mjd = value["mjd"]?.number, let flux = value["flux"]?.number,
            let error = value["flux_err"]?.number, mjd.isFinite, flux.isFinite, error.isFinite,
            let letter = value["band"]?.text?.utf8.first, let band = Band(ascii: letter)
        else { return nil }
        self.init(mjd: mjd, band: band, flux: Float(flux), fluxErr: Float(error))
    }
}

import Alerts
import AvroCoding
import Foundation

/// Everything that a decoded batch says, as JSON lines with floats as bit patterns: one line an alert, for
/// `compare_with_fastavro.py`.
func jsonLines(_ batch: AlertBatch, file: String) -> String {
    func bits(_ value: Double) -> String { value.isNaN ? "null" : String(value.bitPattern) }
    func bits(_ value: Float) -> String { value.isNaN ? "null" : String(value.bitPattern) }
    var text = ""
    for alert in batch.alerts {
        let rows = alert.observations.map { index in
            let row = batch.detections[index]
            return
                "[\"\(row.origin)\",\(bits(row.jd)),\"\(row.band.letter)\",\(bits(row.magpsf)),\(bits(row.sigmapsf)),"
                + "\(bits(row.diffmaglim)),\(row.isdiffpos),\(bits(row.flux)),\(bits(row.fluxErr))]"
        }
        text +=
            "{\"file\":\"\(file)\",\"survey\":\"\(alert.survey.name)\",\"candid\":\(alert.candid),"
        text += "\"objectId\":\"\(alert.objectId)\","
        text +=
            "\"jd\":\(bits(alert.jd)),\"ra\":\(bits(alert.ra)),\"dec\":\(bits(alert.dec)),"
        text += "\"band\":\"\(alert.band.letter)\","
        text +=
            "\"magpsf\":\(bits(alert.magpsf)),\"sigmapsf\":\(bits(alert.sigmapsf)),\"isdiffpos\":\(alert.isdiffpos),"
        text += "\"jdstarthist\":\(bits(alert.jdstarthist)),\"ndethist\":\(alert.ndethist),\"rb\":\(bits(alert.rb)),"
        text += "\"drb\":\(bits(alert.drb)),\"ssdistnr\":\(bits(alert.ssdistnr)),\"distnr\":\(bits(alert.distnr)),"
        text +=
            "\"magnr\":\(bits(alert.magnr)),\"sgscore\":\(bits(alert.sgscore)),\"distpsnr\":\(bits(alert.distpsnr)),"
        text += "\"rows\":[\(rows.joined(separator: ","))]}\n"
    }
    return text
}

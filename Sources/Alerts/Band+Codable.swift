/// A band is written as its letter.
extension Band: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard name.utf8.count == 1, let letter = name.utf8.first, let band = Band(ascii: letter) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(name)\" is not a band: u, g, r, i, z or y")
        }
        self = band
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(letter)
    }
}

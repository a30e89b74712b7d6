import CCrypto

/// An SHA-256 being computed by libcrypto; feed it bytes in order, then take the digest.
package struct SHA256: ~Copyable {
    static let byteCount = 32
    /// Characters of a digest in hexadecimal.
    static let hexCount = 2 * byteCount

    private let context: OpaquePointer
    // An update that fails shows in `hex`, so that feeding bytes needs no `try`.
    private var failed = false

    package init() throws(ModelFileError) {
        guard let context = EVP_MD_CTX_new() else { throw .checksumUnavailable(reason: "no memory for a context") }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw .checksumUnavailable(reason: "the algorithm is switched off")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        failed = failed || EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) != 1
    }

    /// The digest of everything so far, as 64 lower-case hexadecimal digits.
    package consuming func hex() throws(ModelFileError) -> String {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        guard !failed, EVP_DigestFinal_ex(context, &digest, nil) == 1 else {
            throw .checksumUnavailable(reason: "a step failed")
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The digest of one run of bytes.
    static func hex(_ bytes: UnsafeRawBufferPointer) throws(ModelFileError) -> String {
        var hash = try SHA256()
        hash.update(bytes)
        return try hash.hex()
    }
}

namespace Aitbc.Infrastructure.Wallet;

/// <summary>Why a JWS was refused before its signature was looked at; of several reasons the first here.</summary>
public enum JwsProblem
{
    /// <summary>Nothing is wrong with the form; the signature is still to be verified.</summary>
    None,

    /// <summary>The whole text is longer than <see cref="Jws.MaxCompactLength"/> characters.</summary>
    TooLong,

    /// <summary>There is white space in the compact text.</summary>
    Whitespace,

    /// <summary>There is base64 padding; the compact form has none.</summary>
    Padding,

    /// <summary>There are not exactly three parts with two full stops between them.</summary>
    PartCount,

    /// <summary>There is a character that base64url does not have.</summary>
    InvalidCharacter,

    /// <summary>The header is longer than <see cref="Jws.MaxHeaderSize"/> bytes.</summary>
    HeaderTooLong,

    /// <summary>The payload is longer than <see cref="Jws.MaxPayloadSize"/> bytes.</summary>
    PayloadTooLong,

    /// <summary>The signature is not 64 bytes long.</summary>
    SignatureLength,

    /// <summary>A part is not the one base64url text of its bytes: a character or bits too many.</summary>
    NotCanonical,

    /// <summary>There is white space in the header's JSON text.</summary>
    HeaderWhitespace,

    /// <summary>The header is not a JSON object.</summary>
    HeaderNotJson,

    /// <summary>The header has a JSON escape, where none is needed and a second spelling would hide.</summary>
    HeaderEscape,

    /// <summary>The header has a member twice.</summary>
    DuplicateMember,

    /// <summary>The header has "crit": no extension is understood here.</summary>
    CriticalMember,

    /// <summary>The header has "b64": payloads are always encoded.</summary>
    UnencodedPayload,

    /// <summary>The header has "jwk": a signature cannot bring its own key.</summary>
    EmbeddedKey,

    /// <summary>The header has a member other than alg, kid and typ.</summary>
    UnknownMember,

    /// <summary>The header has no "alg".</summary>
    AlgorithmMissing,

    /// <summary>The algorithm is not "ES256"; "none" is among those refused.</summary>
    AlgorithmNotEs256,

    /// <summary>The header has no "kid".</summary>
    KeyIdMissing,

    /// <summary>The key id is not the canonical text of a thumbprint.</summary>
    KeyIdMalformed,

    /// <summary>The type is given and is not "aitbc+jws".</summary>
    TypeNotSupported,
}

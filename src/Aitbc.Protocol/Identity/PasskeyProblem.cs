namespace Aitbc.Protocol.Identity;

/// <summary>Why a passkey's assertion was refused; of several reasons the first here. The names are the codes that
/// clients are told, after the word <c>passkey</c>.</summary>
/// <remarks>Source: Web Authentication Level 3, section 7.2.</remarks>
public enum PasskeyProblem : byte
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>The client data has more bytes than are taken.</summary>
    ClientDataTooLong = 1,

    /// <summary>The client data is no JSON object of the form that browsers write: not UTF-8, cut short, a member that
    /// counts twice or with an escape, of another type or missing.</summary>
    ClientDataMalformed = 2,

    /// <summary>The authenticator data has extensions: none were asked for, and none are read.</summary>
    ExtensionsPresent = 3,

    /// <summary>The authenticator data has another length than an assertion's, or flags that contradict each other.
    /// </summary>
    AuthenticatorDataMalformed = 4,

    /// <summary>The client data is not that of an assertion (<c>webauthn.get</c>).</summary>
    WrongType = 5,

    /// <summary>Another challenge was signed: the assertion was made for other bytes, another chain or another purpose.
    /// </summary>
    ChallengeMismatch = 6,

    /// <summary>The origin is neither <c>https</c> with a host's name nor <c>http://localhost</c>.</summary>
    OriginNotAllowed = 7,

    /// <summary>The page that asked stood inside a page of another origin.</summary>
    CrossOrigin = 8,

    /// <summary>The passkey belongs to another name (relying party) than the origin's own host.</summary>
    WrongRelyingParty = 9,

    /// <summary>Nobody touched the authenticator.</summary>
    UserNotPresent = 10,

    /// <summary>The authenticator did not verify its user, by fingerprint, face or PIN.</summary>
    UserNotVerified = 11,

    /// <summary>The key is one of the account's and was not enrolled as a passkey.</summary>
    NotEnrolled = 12,

    /// <summary>The assertion was made at another origin than the one at which the passkey was enrolled.</summary>
    OtherOrigin = 13,

    /// <summary>The signature is not the passkey's.</summary>
    WrongSignature = 14,
}

/// <summary>Refused assertions in words.</summary>
public static class PasskeyProblemExtensions
{
    /// <summary>One plain sentence that says what to do.</summary>
    /// <param name="problem">The problem.</param>
    /// <returns>Never empty.</returns>
    public static string ToSentence(this PasskeyProblem problem) => problem switch
    {
        PasskeyProblem.None => "The passkey's assertion is as it must be.",
        PasskeyProblem.ClientDataTooLong =>
            $"The passkey's client data has at most {PasskeyAssertion.MaxClientDataSize} bytes.",
        PasskeyProblem.ClientDataMalformed =>
            "The passkey's client data must be the JSON text that the browser gave, unchanged.",
        PasskeyProblem.ExtensionsPresent =>
            "The passkey's answer carries extensions: ask the browser for an assertion without any.",
        PasskeyProblem.AuthenticatorDataMalformed =>
            "The passkey's authenticator data must be the 37 bytes that the browser gave, unchanged.",
        PasskeyProblem.WrongType => "The passkey's answer must be an assertion (webauthn.get), not a registration.",
        PasskeyProblem.ChallengeMismatch =>
            "The passkey signed another challenge: sign these very bytes, for this chain, again.",
        PasskeyProblem.OriginNotAllowed =>
            "Passkeys are taken from pages under https with a host's name, or under http://localhost.",
        PasskeyProblem.CrossOrigin => "The page that asked for the passkey stood inside a page of another origin.",
        PasskeyProblem.WrongRelyingParty => "The passkey belongs to another name than the host of the page.",
        PasskeyProblem.UserNotPresent => "The authenticator does not say that somebody was there.",
        PasskeyProblem.UserNotVerified =>
            "The authenticator did not verify its user: fingerprint, face or PIN is needed each time.",
        PasskeyProblem.NotEnrolled => "This key was not enrolled as a passkey: it signs JWS.",
        PasskeyProblem.OtherOrigin =>
            "The passkey was enrolled at another address: open the page there, or enrol one here.",
        _ => "The signature is not that of the passkey.",
    };
}

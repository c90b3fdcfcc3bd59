using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.Verification;

namespace Aitbc.Testing;

/// <content>Verification: validators, seals, draws, commitments and verdicts.</content>
public sealed partial class LedgerFixture
{
    private readonly Dictionary<WorkloadId, RevealWork> seals = [];
    private readonly Dictionary<(WorkloadId Workload, AccountId Validator), (Digest Output, Digest Salt)> findings = [];
    private readonly Dictionary<AccountNumber, Provider> validators = [];

    /// <summary>By what a service offers to validate.</summary>
    public static Label Validating { get; } = Label.Parse("validation");

    /// <summary>Two of three, the same bytes, 2 tokens each, 20 s to commit, 15 s to reveal.</summary>
    public static ValidationTerms Validation { get; } =
        new(2, 3, 0, TokenAmount.FromTokens(2), CommitWindowMs: 20_000, RevealWindowMs: 15_000);

    /// <summary>Somebody with an account and 30,000 tokens.</summary>
    public Actor NewPerson()
    {
        var person = NewActor($"person{made}");
        Do(people[0], new OpenAccount(person.Key.Public, null, TokenAmount.FromTokens(30_000)));
        return person;
    }

    /// <summary>An agent that offers to validate, of an owner of its own unless one is named.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="stakes">How many minimum stakes it has.</param>
    /// <param name="capacity">Jobs at once.</param>
    /// <param name="constitution">Its limits; wide where it is not said.</param>
    public Provider NewValidator(
        Actor? owner = null, ulong stakes = 1, uint capacity = 10, ConstitutionTerms? constitution = null)
    {
        var agent = NewActor($"validator{made}");
        owner ??= NewPerson();
        var stake = State.Parameters.MinimumStake.MulDivDown(stakes, 1);
        Do(owner, Registration(agent, constitution, [owner]) with { Deposit = stake + TokenAmount.FromTokens(1_000) });
        Do(agent, new DepositStake(stake));
        var terms = ServiceTerms with { Capability = Validating, MaxCapacity = capacity };
        var validator = new Provider(agent, List(agent, terms));
        validators[Number(agent)] = validator;
        return validator;
    }

    /// <summary>As many validators, each of an owner of its own.</summary>
    public Provider[] NewValidators(int count) => [.. Enumerable.Range(0, count).Select(_ => NewValidator())];

    /// <summary>Posts a workload that validators are to check and that one provider wins.</summary>
    public WorkloadId AwardChecked(Actor client, Provider provider, ValidationTerms? terms = null) => Award(
        client,
        provider,
        posting => posting with { Mode = VerificationMode.KOfN, Validation = terms ?? Validation });

    /// <summary>A provider's seal of a result that nobody has seen; what opens it is kept for <see cref="Showing"/>.
    /// </summary>
    public SealWork Sealing(Provider provider, WorkloadId id, uint qualityPpm = 900_000)
    {
        var result = Unique("result", ++made);
        var salt = Unique("work-salt", made);
        seals[id] = new RevealWork(id, result, qualityPpm, salt);
        return new SealWork(id, Commitments.OfWork(id, provider.Agent.Id, result, qualityPpm, salt));
    }

    /// <summary>The provider starts, works and seals.</summary>
    /// <returns>Digest of the result.</returns>
    public Digest Seal(Provider provider, WorkloadId id, uint qualityPpm = 900_000)
    {
        Do(provider.Agent, new StartWork(id));
        Do(provider.Agent, Sealing(provider, id, qualityPpm));
        return seals[id].Result;
    }

    /// <summary>What opens a seal that was made here.</summary>
    public RevealWork Showing(WorkloadId id) => seals[id];

    /// <summary>What opens a seal, where it was made here.</summary>
    public RevealWork? FindShowing(WorkloadId id) => seals.GetValueOrDefault(id);

    /// <summary>The beacon's next value, and the draw by it.</summary>
    /// <returns>Who was drawn, in order.</returns>
    public Provider[] Draw(WorkloadId id)
    {
        RevealBeacon();
        PassDeadline(id);
        return Drawn(id);
    }

    /// <summary>A live workload's validators, in the order they were drawn.</summary>
    public Provider[] Drawn(WorkloadId id)
    {
        var checks = Checks(id);
        return [.. Enumerable.Range(0, checks.Drawn).Select(i => validators[checks.Seats[i].Validator])];
    }

    /// <summary>What is asked of a live workload's validators, and how far they are.</summary>
    public ValidationRecord Checks(WorkloadId id) => State.Validations[Workload(id).Validation - 1];

    /// <summary>A validator's commitment; what opens it is kept for <see cref="Judging"/>.</summary>
    public CommitVerdict Committing(Actor validator, WorkloadId id, Digest output)
    {
        var salt = Unique("verdict-salt", ++made);
        findings[(id, validator.Id)] = (output, salt);
        return new CommitVerdict(id, Commitments.OfVerdict(id, validator.Id, output, salt));
    }

    /// <summary>Validators commit to an output.</summary>
    public void Commit(WorkloadId id, Digest output, params Provider[] who)
    {
        foreach (var validator in who)
        {
            Do(validator.Agent, Committing(validator.Agent, id, output));
        }
    }

    /// <summary>A validator's verdict on the result that is shown: the same bytes agree.</summary>
    public RevealVerdict Judging(Actor validator, WorkloadId id)
    {
        var (output, salt) = findings[(id, validator.Id)];
        return new RevealVerdict(id, output == Workload(id).Result, output, salt);
    }

    /// <summary>What a validator committed to, where it was here.</summary>
    public (Digest Output, Digest Salt)? FindFinding(WorkloadId id, AccountId validator) =>
        findings.TryGetValue((id, validator), out var found) ? found : null;

    /// <summary>Validators give their verdicts; an output that is not the result is stored first.</summary>
    public void Judge(WorkloadId id, params Provider[] who)
    {
        foreach (var validator in who)
        {
            var verdict = Judging(validator.Agent, id);
            if (!verdict.Agrees)
            {
                Store(validator.Agent, verdict.Output);
            }

            Do(validator.Agent, verdict);
        }
    }

    /// <summary>The provider stores its result and shows it.</summary>
    public void Show(Provider provider, WorkloadId id)
    {
        Store(provider.Agent, seals[id].Result);
        Do(provider.Agent, seals[id]);
    }

    /// <summary>A blob of a digest that is known, paid for and there.</summary>
    public void Store(Actor payer, Digest digest)
    {
        if (!State.BlobIsAvailable(digest))
        {
            Do(payer, new DeclareBlob(digest, 1000, 60));
            Input(new BlobAvailable(digest, 1000, payer.Id));
        }
    }
}

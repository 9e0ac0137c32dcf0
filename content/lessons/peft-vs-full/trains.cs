using System.Collections.Generic;
using System.Linq;

public static class Methods
{
    /// <summary>Whether a method learns the tensor of this name; adapters are learned beside these.</summary>
    public static bool Trains(string method, string name)
    {
        switch (method)
        {
            case "full": return true;
            case "biases": return name.EndsWith(".bias");
            case "head": return name.StartsWith("ln_f.") || name == "head.weight" || name == "tok_emb";
            default: return false; // LoRA and QLoRA
        }
    }

    /// <summary>How many numbers of a model are learned: tensors has the size of each by name.</summary>
    public static int Learned(Dictionary<string, int> tensors, string method)
    {
        return tensors.Where(tensor => Trains(method, tensor.Key)).Sum(tensor => tensor.Value);
    }
}

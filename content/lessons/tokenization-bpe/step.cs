using System;
using System.Collections.Generic;
using System.Linq;

public static class Bpe
{
    /// <summary>Merges the most frequent pair; returns left, right and count, or null at the end.</summary>
    public static (int Left, int Right, int Count)? Step(List<int>[] words, int[] counts, int id)
    {
        var pairs = new Dictionary<(int, int), int>();
        for (int w = 0; w < words.Length; w++)
            for (int at = 0; at + 1 < words[w].Count; at++)
            {
                var pair = (words[w][at], words[w][at + 1]);
                pairs[pair] = pairs.GetValueOrDefault(pair) + counts[w];
            }
        if (pairs.Count == 0) return null;
        var best = pairs.OrderByDescending(p => p.Value).ThenBy(p => p.Key).First();
        if (best.Value < 2) return null;

        for (int w = 0; w < words.Length; w++)
        {
            var word = words[w];
            var merged = new List<int>();
            for (int at = 0; at < word.Count; at++)
            {
                bool hit = at + 1 < word.Count && (word[at], word[at + 1]).Equals(best.Key);
                merged.Add(hit ? id : word[at]);
                if (hit) at++;
            }
            words[w] = merged;
        }
        return (best.Key.Item1, best.Key.Item2, best.Value);
    }
}

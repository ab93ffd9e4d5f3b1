package api

import (
	"context"

	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/orchestrator"
)

// Models connects language models.
type Models struct{ a *app.App }

// NewModel is a model server to connect. The key goes to the vault and comes back from nowhere.
type NewModel struct {
	Name    string `json:"name"`
	BaseURL string `json:"base_url"`
	Model   string `json:"model"` // the model's id there
	Key     string `json:"key,omitempty"`
}

// Add connects a model.
func (s *Models) Add(ctx context.Context, in NewModel) (Nothing, error) {
	return Nothing{}, s.a.Models.Add(ctx, orchestrator.Model{Name: in.Name, BaseURL: in.BaseURL, Model: in.Model}, []byte(in.Key))
}

// ModelList is the connected models, and which of them writes scripts.
type ModelList struct {
	Models []orchestrator.Model `json:"models"`
	Used   string               `json:"used"`
}

// List lists the models.
func (s *Models) List(ctx context.Context, _ Nothing) (ModelList, error) {
	models, err := s.a.Models.List(ctx)
	if err != nil {
		return ModelList{}, err
	}
	used, err := s.a.Models.Resolve(ctx, "")
	return ModelList{models, used}, err
}

// ModelName names a model as it was added, or "offline".
type ModelName struct {
	Name string `json:"name"`
}

// Use lets a model write scripts from now on.
func (s *Models) Use(ctx context.Context, in ModelName) (Nothing, error) {
	return Nothing{}, s.a.Models.Use(ctx, in.Name)
}

// Test asks a model for one word.
func (s *Models) Test(ctx context.Context, in ModelName) (Nothing, error) {
	return Nothing{}, s.a.Models.Test(ctx, in.Name)
}
